import DequeModule
import Glibc
package import RemitDomain

/// Threads that run tenants in turns, from one queue: any of them runs whoever has waited longest.
///
/// SQLite's calls block; a thread that is about to wait for the disk says so, and another goes on with what waits
/// meanwhile. Else as few run as the work needs (``Roster``): short turns follow each other on one thread, without a
/// switch. A tenant's turn is at most ``TenantSettings/membersPerTurnMax`` members or 2 ms, then it queues again.
// @unchecked: `state` is only touched under `lock`, whose address is stable and which lives as long as the threads.
package final class StoragePool: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    /// What each thread sleeps on.
    private let wakeUps: UnsafeMutablePointer<sem_t>
    private let threads: Int
    private let timers: TurnTimers
    private var state: State

    /// Turns wait at most so long behind others that neither end nor say that they block.
    ///
    /// They read pages from the disk, say, or their core is others': a turn takes 2 ms without that.
    private static let stallMilliseconds: Int64 = 5

    private struct State {
        var waiting = Deque<any TurnTaker>()
        var roster: Roster
        var handles: Set<UInt> = []
        /// Turns that were begun, and how many they were at the last look.
        var begun = 0
        var begunAtLook = 0
        /// Whether another look will follow.
        var isWatched = false

        /// Whether somebody waits behind others, and looking after it must begin.
        mutating func mustWatch() -> Bool {
            guard !waiting.isEmpty, !isWatched, roster.threads > 1 else { return false }
            isWatched = true
            begunAtLook = begun
            return true
        }
    }

    /// Starts the threads.
    ///
    /// They sleep without work and end with ``stop()``. `cores` bounds how many run at the same time.
    package init(threads: Int, cores: Int, clock: any WallClock) {
        self.threads = threads
        timers = TurnTimers(clock: clock)
        state = State(roster: Roster(threads: threads, runningMax: min(threads, cores)))
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        wakeUps = .allocate(capacity: threads)
        for thread in 0..<threads {
            sem_init(wakeUps + thread, 0, 0)
            SystemThread.launch { [self] in run(thread) }
        }
    }

    /// Queues a turn.
    ///
    /// False: the threads have ended.
    @discardableResult
    package func enqueue(turnOf taker: any TurnTaker) -> Bool {
        add { $0.append(taker) }
    }

    /// Queues turns, in order, with one wake-up at most; that thread wakes the next, if more are needed.
    ///
    /// False: the threads have ended.
    @discardableResult
    package func enqueue(turnsOf takers: [any TurnTaker]) -> Bool {
        add { $0.append(contentsOf: takers) }
    }

    /// Said within a turn that will take much longer than waking another thread: where a core is free, another goes on.
    ///
    /// End it by ``didRunLong()``, before the turn blocks.
    package func willRunLong() {
        wake(withLock { state in state.roster.becomesLong(waiting: state.waiting.count) })
    }

    /// The long part of the turn is over.
    package func didRunLong() {
        withLock { state in state.roster.becomesShort() }
    }

    /// Said within a turn that is about to wait for the disk: another thread goes on with what waits, now and later.
    ///
    /// End it by ``didBlock()``, on the same thread.
    package func willBlock() {
        wake(withLock { state in state.roster.blocks(waiting: state.waiting.count) })
    }

    /// The disk has answered.
    package func didBlock() {
        withLock { state in state.roster.unblocks() }
    }

    /// Calls ``TurnTaker/timerFired()`` at a moment, by the clock given at the start; replaces the taker's earlier timer.
    package func setTimer(of taker: any TurnTaker, at due: Timestamp) {
        timers.set(taker, at: due)
    }

    /// Forgets the taker's timer, if it has one.
    package func cancelTimer(of taker: any TurnTaker) {
        timers.cancel(taker)
    }

    /// Looks at the timers anew: for clocks that are moved by hand.
    package func clockMoved() {
        timers.wake()
    }

    /// Forgets the timers, and ends the threads after the turns that are queued, and those that they queue.
    ///
    /// Doesn't wait for it.
    package func stop() {
        timers.stop()
        for thread in withLock({ state in state.roster.stop() }) { wake(thread) }
    }

    /// Whether turns wait.
    var hasWaiting: Bool { withLock { !$0.waiting.isEmpty } }

    /// The threads' handles, once they have begun; for tests.
    var handles: Set<UInt> { withLock { $0.handles } }
    /// How many threads run turns now, those that are blocked not counted; for tests.
    var runningCount: Int { withLock { $0.roster.running } }
    /// Timers that are set; for tests.
    var timersCount: Int { timers.count }
    /// Timers that are kept, stale ones included; for tests.
    var keptTimersCount: Int { timers.keptCount }

    private func withLock<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    private func add(_ put: (inout Deque<any TurnTaker>) -> Void) -> Bool {
        let (isAccepted, thread, mustWatch) = withLock { state -> (Bool, Int?, Bool) in
            guard !state.roster.isOver else { return (false, nil, false) }
            put(&state.waiting)
            let thread = state.roster.added(waiting: state.waiting.count)
            return (true, thread, thread == nil && state.mustWatch())
        }
        wake(thread)
        if mustWatch { watch() }
        return isAccepted
    }

    // MARK: - Stalls

    /// Looks after a while whether turns wait that nobody has begun.
    private func watch() {
        timers.set(ThreadJob { [weak self] in self?.look() }, at: timers.now + Self.stallMilliseconds)
    }

    private func look() {
        let (thread, goesOn) = withLock { state -> (Int?, Bool) in
            let isStill = state.begun == state.begunAtLook
            state.begunAtLook = state.begun
            guard state.waiting.isEmpty else {
                return (isStill ? state.roster.stalled(waiting: state.waiting.count) : nil, true)
            }
            state.isWatched = !isStill
            return (nil, !isStill)
        }
        wake(thread)
        if goesOn { watch() }
    }

    // MARK: - Threads

    /// Outside of the lock: whom it wakes will want that first.
    private func wake(_ thread: Int?) {
        if let thread { sem_post(wakeUps + thread) }
    }

    private func sleep(_ thread: Int) {
        // A signal may interrupt it.
        while sem_wait(wakeUps + thread) != 0 {}
    }

    private func run(_ thread: Int) {
        withLock { state in _ = state.handles.insert(SystemThread.current) }
        sleep(thread)
        while true {
            let (next, taker, other, mustWatch) = withLock { state -> (Roster.Next, (any TurnTaker)?, Int?, Bool) in
                let next = state.roster.isFree(thread, waiting: state.waiting.count)
                guard next == .takeTurn else { return (next, nil, nil, false) }
                let taker = state.waiting.popFirst()
                state.begun += 1
                let other = state.roster.added(waiting: state.waiting.count)
                return (next, taker, other, state.mustWatch())
            }
            wake(other)
            if mustWatch { watch() }
            switch next {
            case .takeTurn: taker?.takeTurn()
            case .sleep: sleep(thread)
            case .leave: return
            }
        }
    }

    deinit {
        for thread in 0..<threads { sem_destroy(wakeUps + thread) }
        wakeUps.deallocate()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }
}
