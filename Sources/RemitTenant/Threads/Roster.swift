/// Who of a pool's threads runs, blocks and sleeps, and who is woken when: the pool's state, pure.
///
/// A thread runs from the moment it is chosen to be woken. Nobody is woken without need, for a wake-up costs as much as
/// a short turn: one thread runs short turns for each ``waitingPerThread`` that wait, beside those that are in long ones,
/// and no more than there are cores. Who blocks isn't counted while it does, so that somebody else runs meanwhile. Nobody
/// falls asleep while a turn waits.
struct Roster {
    /// What a thread does next.
    enum Next: Equatable {
        case takeTurn
        case sleep
        /// The pool stops, and nothing waits.
        case leave
    }

    /// Turns that may wait for one running thread: running so many short ones takes as long as waking another thread.
    static let waitingPerThread = 4

    /// Threads that are woken to run at the same time: as many as there are cores.
    let runningMax: Int
    let threads: Int
    /// Who sleeps; the one that fell asleep last, whose caches are warm, is woken first.
    private(set) var asleep: [Int]
    private(set) var running = 0
    /// Those of the running that are in a long turn: what waits doesn't wait for them.
    private(set) var long = 0
    private(set) var blocked = 0
    private(set) var gone = 0
    private(set) var isStopping = false

    /// All sleep.
    init(threads: Int, runningMax: Int) {
        precondition(threads > 0 && runningMax > 0, "At least one thread runs turns.")
        self.threads = threads
        self.runningMax = runningMax
        asleep = Array((0..<threads).reversed())
    }

    /// Whether no thread is left to run anything.
    var isOver: Bool { gone == threads }

    /// Turns have come, and so many wait now; returns whom to wake.
    mutating func added(waiting: Int) -> Int? {
        guard waiting > 0, running < runningMax else { return nil }
        guard running - long < 1 + (waiting - 1) / Self.waitingPerThread else { return nil }
        guard let thread = asleep.popLast() else { return nil }
        running += 1
        return thread
    }

    /// So many turns wait, and none was begun for a while: who runs is held up, whatever it waits for; returns whom to wake.
    mutating func stalled(waiting: Int) -> Int? {
        guard waiting > 0, let thread = asleep.popLast() else { return nil }
        running += 1
        return thread
    }

    /// A running thread has nothing to do, and so many turns wait.
    mutating func isFree(_ thread: Int, waiting: Int) -> Next {
        if waiting > 0 { return .takeTurn }
        running -= 1
        guard !isStopping else {
            gone += 1
            return .leave
        }
        asleep.append(thread)
        return .sleep
    }

    /// A running thread's turn becomes a long one, and so many turns wait; returns whom to wake.
    mutating func becomesLong(waiting: Int) -> Int? {
        long += 1
        return added(waiting: waiting)
    }

    /// A long turn is over, or becomes a short one.
    mutating func becomesShort() {
        long -= 1
    }

    /// A running thread in a short turn is about to wait for the disk, and so many turns wait; returns whom to wake.
    mutating func blocks(waiting: Int) -> Int? {
        running -= 1
        blocked += 1
        return added(waiting: waiting)
    }

    /// A thread that was blocked runs again.
    mutating func unblocks() {
        blocked -= 1
        running += 1
    }

    /// The pool stops when nothing waits; returns whom to wake.
    mutating func stop() -> [Int] {
        isStopping = true
        defer { asleep = [] }
        running += asleep.count
        return asleep
    }
}
