import Glibc
import HeapModule
import RemitDomain

/// The timers of a pool's takers, on a thread of their own, which starts with the first of them.
///
/// No thread that runs turns waits for a moment: which of them sleeps, and for how long, depends on turns alone.
// @unchecked: `state` is only touched under `lock`, whose address is stable and which lives as long as this.
final class TurnTimers: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let clock: any WallClock
    private var state = State()

    /// One wait at most: keeps the arithmetic of far moments out of the system's calls.
    private static let waitMilliseconds: Int64 = 3_600_000

    private struct State {
        /// Moments by time; those that `armed` doesn't know any more are stale.
        var moments = Heap<Moment>()
        var armed: [ObjectIdentifier: (due: Timestamp, taker: any TurnTaker)] = [:]
        var hasThread = false
        var isStopping = false
    }

    private struct Moment: Comparable {
        let due: Timestamp
        let taker: ObjectIdentifier

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.due < rhs.due }
    }

    init(clock: any WallClock) {
        self.clock = clock
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        changed = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    /// The time by the timers' clock.
    var now: Timestamp { clock.now() }

    /// Calls ``TurnTaker/timerFired()`` at a moment; replaces the taker's earlier timer.
    ///
    /// Does nothing after ``stop()``.
    func set(_ taker: any TurnTaker, at due: Timestamp) {
        let id = ObjectIdentifier(taker)
        let (isFirst, mustLaunch) = withLock { state -> (Bool, Bool) in
            guard !state.isStopping, state.armed[id]?.due != due else { return (false, false) }
            state.armed[id] = (due, taker)
            state.moments.insert(Moment(due: due, taker: id))
            dropStale(&state)
            defer { state.hasThread = true }
            return (state.moments.min.map { due <= $0.due } ?? true, !state.hasThread)
        }
        if mustLaunch {
            launch()
        } else if isFirst {
            pthread_cond_signal(changed)
        }
    }

    /// Forgets the taker's timer, if it has one.
    func cancel(_ taker: any TurnTaker) {
        withLock { state in
            state.armed[ObjectIdentifier(taker)] = nil
            dropStale(&state)
        }
    }

    /// Looks at the moments anew: for clocks that are moved by hand.
    func wake() {
        // Under the lock: else the signal could fall between the thread's look at the clock and its wait.
        withLock { _ in _ = pthread_cond_signal(changed) }
    }

    /// Forgets all timers, and ends the thread.
    func stop() {
        withLock { state in
            state.isStopping = true
            state.armed = [:]
            state.moments = Heap()
            pthread_cond_signal(changed)
        }
    }

    /// Timers that are set; for tests.
    var count: Int { withLock { $0.armed.count } }
    /// Timers that are kept, stale ones included; for tests.
    var keptCount: Int { withLock { $0.moments.count } }

    private func withLock<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// Moving timers leaves stale moments behind: never more than there are live ones, and a few.
    private func dropStale(_ state: inout State) {
        guard state.moments.count > 2 * state.armed.count + 64 else { return }
        state.moments = Heap(state.armed.map { id, timer in Moment(due: timer.due, taker: id) })
    }

    private func launch() {
        SystemThread.launch { [self] in
            while let due = waitForDue() {
                for taker in due { taker.timerFired() }
            }
        }
    }

    /// Whose moment has come; nil when the thread is to end.
    private func waitForDue() -> [any TurnTaker]? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while !state.isStopping {
            let now = clock.now()
            let due = takeDue(at: now)
            if !due.isEmpty { return due }
            guard let moment = state.moments.min else {
                pthread_cond_wait(changed, lock)
                continue
            }
            let wait = min(moment.due - now, Self.waitMilliseconds)
            var until = timespec()
            clock_gettime(CLOCK_MONOTONIC, &until)
            let nanoseconds = until.tv_nsec + Int(wait % 1_000) * 1_000_000
            until.tv_sec += Int(wait / 1_000) + nanoseconds / 1_000_000_000
            until.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(changed, lock, &until)
        }
        return nil
    }

    private func takeDue(at now: Timestamp) -> [any TurnTaker] {
        var due: [any TurnTaker] = []
        while let moment = state.moments.min {
            guard let armed = state.armed[moment.taker], armed.due == moment.due else {
                state.moments.removeMin()
                continue
            }
            guard moment.due <= now else { break }
            state.moments.removeMin()
            state.armed[moment.taker] = nil
            due.append(armed.taker)
        }
        return due
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }
}
