import Glibc
import HeapModule
package import RemitDomain
import Synchronization

/// One thread that runs tenants in turns: their executor, their run queue and their timer.
///
/// SQLite's calls block; here they block nothing but this thread's own tenants. A tenant's turn is at most
/// ``TenantSettings/membersPerTurnMax`` members or 2 ms, then the next tenant's comes.
// @unchecked: `state` is only touched under `lock`, whose address is stable and which lives as long as the thread.
package final class StorageThread: SerialExecutor, @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let awake: UnsafeMutablePointer<pthread_cond_t>
    private let clock: any WallClock
    private var state = State()

    private struct State {
        var ready: [Item] = []
        var timers = Heap<Timer>()
        var isStopping = false
        var hasStopped = false
        var thread: pthread_t?
    }

    private enum Item {
        case job(UnownedJob)
        case turn(any TurnTaker)
    }

    /// A tenant that wants a turn at a moment.
    private struct Timer: Comparable {
        let due: Timestamp
        let taker: any TurnTaker

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.due < rhs.due }
        static func == (lhs: Self, rhs: Self) -> Bool { lhs.due == rhs.due && lhs.taker === rhs.taker }
    }

    /// Starts the thread. It waits without work and ends with ``stop()``.
    package init(clock: any WallClock) {
        self.clock = clock
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        awake = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(awake, &attributes)
        pthread_condattr_destroy(&attributes)
        launch()
    }

    /// Queues a turn for a tenant; the tenant sees to it that it isn't queued twice.
    package func enqueue(turnOf taker: any TurnTaker) {
        append(.turn(taker))
    }

    /// Queues a turn for a tenant at a moment, by the clock given at the start.
    package func enqueue(turnOf taker: any TurnTaker, at due: Timestamp) {
        pthread_mutex_lock(lock)
        state.timers.insert(Timer(due: due, taker: taker))
        pthread_mutex_unlock(lock)
        pthread_cond_signal(awake)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        append(.job(UnownedJob(job)))
    }

    package func checkIsolated() {
        precondition(isCurrent, "A tenant was touched off its storage thread.")
    }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Looks at the timers anew: for clocks that are moved by hand.
    package func wake() {
        pthread_cond_signal(awake)
    }

    /// Ends the thread after the turns that are queued; doesn't wait for it.
    package func stop() {
        pthread_mutex_lock(lock)
        state.isStopping = true
        pthread_mutex_unlock(lock)
        pthread_cond_signal(awake)
    }

    private var isCurrent: Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard let thread = state.thread else { return false }
        return pthread_equal(thread, pthread_self()) != 0
    }

    private func append(_ item: Item) {
        pthread_mutex_lock(lock)
        let wasIdle = state.ready.isEmpty
        state.ready.append(item)
        pthread_mutex_unlock(lock)
        if wasIdle { pthread_cond_signal(awake) }
    }

    private func launch() {
        let context = Unmanaged.passRetained(self).toOpaque()
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<StorageThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(code == 0, "The system refused another thread; raise its limit or lower --storage-threads.")
        pthread_detach(handle)
    }

    private func run() {
        pthread_mutex_lock(lock)
        state.thread = pthread_self()
        pthread_mutex_unlock(lock)
        while let items = waitForItems() {
            for item in items {
                switch item {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .turn(let taker): taker.takeTurn()
                }
            }
        }
    }

    /// What is ready, in order; nil when the thread is to end.
    private func waitForItems() -> [Item]? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            let now = clock.now()
            while let timer = state.timers.min, timer.due <= now {
                state.timers.removeMin()
                state.ready.append(.turn(timer.taker))
            }
            if !state.ready.isEmpty {
                var items: [Item] = []
                swap(&items, &state.ready)
                return items
            }
            if state.isStopping { return nil }
            guard let timer = state.timers.min else {
                pthread_cond_wait(awake, lock)
                continue
            }
            var until = timespec()
            clock_gettime(CLOCK_MONOTONIC, &until)
            let nanoseconds = until.tv_nsec + Int(timer.due - now) % 1_000 * 1_000_000
            until.tv_sec += Int(timer.due - now) / 1_000 + nanoseconds / 1_000_000_000
            until.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(awake, lock, &until)
        }
    }

    deinit {
        pthread_cond_destroy(awake)
        awake.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }
}

/// What a storage thread runs: a tenant, for one turn.
package protocol TurnTaker: AnyObject, Sendable {
    /// Runs on the thread that was asked for the turn.
    func takeTurn()
}
