import Glibc
import HeapModule
package import RemitDomain
import Synchronization

/// One thread that runs tenants in turns: their executor, their run queue and their timers.
///
/// SQLite's calls block; here they block nothing but this thread's own tenants. A tenant's turn is at most
/// ``TenantSettings/membersPerTurnMax`` members or 2 ms, then the next tenant's comes.
// @unchecked: `state` is only touched under `lock`, whose address is stable and which lives as long as the thread.
package final class StorageThread: SerialExecutor, @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let awake: UnsafeMutablePointer<pthread_cond_t>
    private let clock: any WallClock
    private var state = State()
    /// The thread's pthread_t; 0 before it runs.
    private let handle = Atomic<UInt>(0)

    /// One wait for a timer at most: keeps the arithmetic of far moments out of the system's calls.
    private static let waitMilliseconds: Int64 = 3_600_000

    private struct State {
        var ready: [Item] = []
        /// Moments by time; those that `armed` doesn't know any more are stale.
        var timers = Heap<Timer>()
        var armed: [ObjectIdentifier: (due: Timestamp, taker: any TurnTaker)] = [:]
        var isStopping = false
        var hasEnded = false
    }

    private enum Item {
        case job(UnownedJob)
        case turn(any TurnTaker)
        case timer(any TurnTaker)
    }

    private struct Timer: Comparable {
        let due: Timestamp
        let taker: ObjectIdentifier

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.due < rhs.due }
    }

    /// Starts the thread.
    ///
    /// It waits without work and ends with ``stop()``.
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
    ///
    /// False: the thread has ended.
    @discardableResult
    package func enqueue(turnOf taker: any TurnTaker) -> Bool {
        append(.turn(taker))
    }

    /// Calls ``TurnTaker/timerFired()`` at a moment, by the clock given at the start; replaces the taker's earlier timer.
    package func setTimer(of taker: any TurnTaker, at due: Timestamp) {
        let id = ObjectIdentifier(taker)
        withLock { state in
            guard state.armed[id]?.due != due else { return }
            state.armed[id] = (due, taker)
            state.timers.insert(Timer(due: due, taker: id))
            dropStaleTimers(&state)
        }
        pthread_cond_signal(awake)
    }

    /// Forgets the taker's timer, if it has one.
    package func cancelTimer(of taker: any TurnTaker) {
        withLock { state in
            state.armed[ObjectIdentifier(taker)] = nil
            dropStaleTimers(&state)
        }
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
        // Under the lock: else the signal could fall between the thread's look at the clock and its wait.
        withLock { _ in _ = pthread_cond_signal(awake) }
    }

    /// Ends the thread after the turns that are queued, and those that they queue; doesn't wait for it.
    package func stop() {
        withLock { state in state.isStopping = true }
        pthread_cond_signal(awake)
    }

    /// Timers that are set; for tests.
    var timersCount: Int { withLock { $0.armed.count } }
    /// Timers that are kept, stale ones included; for tests.
    var keptTimersCount: Int { withLock { $0.timers.count } }

    /// The system's handle of the thread; 0 before it runs.
    ///
    /// For tests.
    var systemHandle: UInt { handle.load(ordering: .relaxed) }

    private var isCurrent: Bool { handle.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func withLock<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    @discardableResult
    private func append(_ item: Item) -> Bool {
        let (isAccepted, wasIdle) = withLock { state in
            guard !state.hasEnded else { return (false, false) }
            state.ready.append(item)
            return (true, state.ready.count == 1)
        }
        if wasIdle { pthread_cond_signal(awake) }
        return isAccepted
    }

    /// Moving timers leaves stale moments behind: never more than there are live ones, and a few.
    private func dropStaleTimers(_ state: inout State) {
        guard state.timers.count > 2 * state.armed.count + 64 else { return }
        state.timers = Heap(state.armed.map { id, timer in Timer(due: timer.due, taker: id) })
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
        handle.store(UInt(pthread_self()), ordering: .relaxed)
        while let items = waitForItems() {
            for item in items {
                switch item {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .turn(let taker): taker.takeTurn()
                case .timer(let taker): taker.timerFired()
                }
            }
        }
        // The system may give the same handle to another thread.
        handle.store(0, ordering: .relaxed)
    }

    /// What is ready, in order; nil when the thread is to end.
    private func waitForItems() -> [Item]? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            let now = clock.now()
            fireTimers(at: now)
            if !state.ready.isEmpty {
                var items: [Item] = []
                swap(&items, &state.ready)
                return items
            }
            if state.isStopping {
                // Nothing more is run: takers and what they hold may go.
                state.hasEnded = true
                state.armed = [:]
                state.timers = Heap()
                return nil
            }
            guard let timer = state.timers.min else {
                pthread_cond_wait(awake, lock)
                continue
            }
            let wait = min(timer.due - now, Self.waitMilliseconds)
            var until = timespec()
            clock_gettime(CLOCK_MONOTONIC, &until)
            let nanoseconds = until.tv_nsec + Int(wait % 1_000) * 1_000_000
            until.tv_sec += Int(wait / 1_000) + nanoseconds / 1_000_000_000
            until.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(awake, lock, &until)
        }
    }

    private func fireTimers(at now: Timestamp) {
        while let timer = state.timers.min {
            guard let armed = state.armed[timer.taker], armed.due == timer.due else {
                state.timers.removeMin()
                continue
            }
            guard timer.due <= now else { return }
            state.timers.removeMin()
            state.armed[timer.taker] = nil
            state.ready.append(.timer(armed.taker))
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
    /// Its timer's moment has come; runs on the thread that it was set on.
    func timerFired()
}
