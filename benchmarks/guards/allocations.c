// Counts the allocations of each thread of a process that preloads this. For glibc, whose own functions do the work.
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

enum { THREADS_MAX = 512 };

static struct { _Alignas(64) _Atomic uint64_t count; _Atomic int is_ignored; } threads[THREADS_MAX];
static _Atomic int threads_ever;
static _Thread_local int mine __attribute__((tls_model("initial-exec"))) = -1;

static int thread(void) {
    if (mine < 0) {
        mine = atomic_fetch_add(&threads_ever, 1);
        if (mine >= THREADS_MAX) __builtin_trap();
    }
    return mine;
}

static void count(void) { atomic_fetch_add_explicit(&threads[thread()].count, 1, memory_order_relaxed); }

// The calling thread's allocations are none of the sum.
void remit_ignore_allocations_of_thread(void) { threads[thread()].is_ignored = 1; }

// The allocations of all threads that nobody ignores.
uint64_t remit_allocations(void) {
    uint64_t sum = 0;
    for (int index = 0; index < threads_ever; index++) {
        if (!threads[index].is_ignored) sum += threads[index].count;
    }
    return sum;
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    count();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *new = memalign(alignment, size);
    if (!new) return ENOMEM;
    *block = new;
    return 0;
}
