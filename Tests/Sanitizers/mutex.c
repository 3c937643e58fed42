// Tells the thread sanitizer of Swift's Mutex.
//
// Where a Mutex is contended, Swift's library asks the kernel, in code that the sanitizer doesn't see: what the lock
// orders looks unordered to it. These three stand before the library's own, and say what happens. scripts/sanitize
// preloads them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT bool try_lock_slow(SELF void *handle) __asm__(TRY_LOCK_SLOW);
SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);

typedef SWIFT void lock_function(uint32_t thread, SELF void *handle);
typedef SWIFT bool try_lock_function(SELF void *handle);
typedef SWIFT void unlock_function(SELF void *handle);

static lock_function *next_lock_slow;
static try_lock_function *next_try_lock_slow;
static unlock_function *next_unlock_slow;

__attribute__((constructor)) static void find_next(void) {
    next_lock_slow = (lock_function *)dlsym(RTLD_NEXT, LOCK_SLOW);
    next_try_lock_slow = (try_lock_function *)dlsym(RTLD_NEXT, TRY_LOCK_SLOW);
    next_unlock_slow = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
    next_lock_slow(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool try_lock_slow(SELF void *handle) {
    bool locked = next_try_lock_slow(handle);
    if (locked) __tsan_acquire(handle);
    return locked;
}

SWIFT void unlock_slow(SELF void *handle) {
    __tsan_release(handle);
    next_unlock_slow(handle);
}
