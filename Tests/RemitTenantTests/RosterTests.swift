import Testing

@testable import RemitTenant

/// A pool as its threads see it: what each one does, and what waits.
private struct Model {
    enum Doing: Equatable { case asleep, runsTurn, runsLong, isFree, blocked, gone }

    enum Step: Equatable {
        case add(Int)
        case ends(Int)
        case looks(Int)
        case blocks(Int)
        case unblocks(Int)
        case becomesLong(Int)
        case becomesShort(Int)
        case stalls
        case stop
    }

    var roster: Roster
    var doing: [Doing]
    var waiting = 0

    init(threads: Int, cores: Int) {
        roster = Roster(threads: threads, runningMax: cores)
        doing = Array(repeating: .asleep, count: threads)
    }

    var steps: [Step] {
        var steps: [Step] = roster.isOver ? [] : [.add(1), .add(6)]
        if !roster.isStopping { steps.append(.stop) }
        if waiting > 0 { steps.append(.stalls) }
        for (thread, doing) in doing.enumerated() {
            switch doing {
            case .runsTurn: steps += [.ends(thread), .blocks(thread), .becomesLong(thread)]
            case .runsLong: steps.append(.becomesShort(thread))
            case .isFree: steps.append(.looks(thread))
            case .blocked: steps.append(.unblocks(thread))
            case .asleep, .gone: break
            }
        }
        return steps
    }

    var running: Int { doing.count { $0 == .runsTurn || $0 == .runsLong || $0 == .isFree } }
    var long: Int { doing.count { $0 == .runsLong } }
    /// Whether the work is worth another thread.
    var needsMore: Bool {
        waiting > 0 && running < roster.runningMax && running - long < 1 + (waiting - 1) / Roster.waitingPerThread
    }

    mutating func take(_ step: Step) {
        switch step {
        case .add(let count):
            waiting += count
            wake { $0.added(waiting: $1) }
        case .ends(let thread):
            doing[thread] = .isFree
        case .looks(let thread):
            look(thread)
        case .blocks(let thread):
            doing[thread] = .blocked
            wake { $0.blocks(waiting: $1) }
        case .unblocks(let thread):
            doing[thread] = .runsTurn
            roster.unblocks()
        case .becomesLong(let thread):
            doing[thread] = .runsLong
            wake { $0.becomesLong(waiting: $1) }
        case .becomesShort(let thread):
            doing[thread] = .runsTurn
            roster.becomesShort()
        case .stalls:
            let sleeps = doing.contains(.asleep)
            let thread = roster.stalled(waiting: waiting)
            #expect((thread != nil) == sleeps, "who is held up is helped while anybody sleeps")
            if let thread { wake(thread) }
        case .stop:
            for thread in roster.stop() { wake(thread) }
            #expect(!doing.contains(.asleep), "who sleeps when the pool stops would never end")
        }
    }

    private mutating func look(_ thread: Int) {
        switch roster.isFree(thread, waiting: waiting) {
        case .takeTurn:
            #expect(waiting > 0)
            waiting -= 1
            doing[thread] = .runsTurn
            wake { $0.added(waiting: $1) }
        case .sleep:
            #expect(waiting == 0, "nobody falls asleep while a turn waits")
            doing[thread] = .asleep
        case .leave:
            #expect(waiting == 0 && roster.isStopping)
            doing[thread] = .gone
        }
    }

    private mutating func wake(_ ask: (inout Roster, Int) -> Int?) {
        let isNeeded = needsMore
        guard let thread = ask(&roster, waiting) else { return }
        #expect(isNeeded, "somebody was woken whom the work doesn't need")
        wake(thread)
    }

    private mutating func wake(_ thread: Int) {
        #expect(doing[thread] == .asleep, "somebody was woken who doesn't sleep")
        doing[thread] = .isFree
    }

    func check() {
        #expect(roster.running == running)
        #expect(roster.long == long)
        #expect(roster.blocked == doing.count { $0 == .blocked })
        #expect(roster.gone == doing.count { $0 == .gone })
        #expect(roster.asleep.count == doing.count { $0 == .asleep })
        #expect(waiting == 0 || running > 0 || !doing.contains(.asleep), "a turn waits, and nobody was woken for it")
        #expect(waiting == 0 || !roster.isOver, "a turn waits for ever")
        let mayChain = doing.contains(.isFree)
        #expect(
            !needsMore || mayChain || !doing.contains(.asleep),
            "so many wait that another thread is worth its wake-up, and none will be woken")
    }
}

@Suite struct RosterTests {
    @Test(arguments: [(1, 1), (2, 1), (3, 1), (3, 2)])
    func everyShortSequenceLosesNoWakeUpAndWakesNobodyInVain(threads: Int, cores: Int) {
        var seen = 0
        func go(_ model: Model, _ depth: Int) {
            seen += 1
            model.check()
            guard depth > 0 else { return }
            for step in model.steps {
                var next = model
                next.take(step)
                go(next, depth - 1)
            }
        }
        go(Model(threads: threads, cores: cores), 6)
        #expect(seen > 1_000)
    }

    @Test func shortWorkRunsOnOneThread() {
        var roster = Roster(threads: 8, runningMax: 4)
        #expect(roster.added(waiting: 1) == 0)
        #expect((1...4).map { roster.added(waiting: $0) } == [nil, nil, nil, nil])
        #expect(roster.isFree(0, waiting: 1) == .takeTurn)
        #expect(roster.isFree(0, waiting: 0) == .sleep)
        #expect(roster.added(waiting: 1) == 0, "who fell asleep last is woken first")
    }

    @Test func muchWorkWakesAsManyAsThereAreCoresAndNoMore() {
        var roster = Roster(threads: 8, runningMax: 3)
        let woken = (0..<8).compactMap { _ in roster.added(waiting: 100) }
        #expect(woken == [0, 1, 2])
    }

    @Test func whoBlocksHandsOver() {
        var roster = Roster(threads: 3, runningMax: 1)
        #expect(roster.added(waiting: 1) == 0)
        #expect(roster.blocks(waiting: 0) == nil, "nothing waits")
        #expect(roster.added(waiting: 1) == 1, "what comes later doesn't wait for the disk either")
        #expect(roster.blocks(waiting: 1) == 2)
        #expect(roster.blocks(waiting: 1) == nil, "nobody is left")
        roster.unblocks()
        #expect(roster.isFree(0, waiting: 1) == .takeTurn)
    }

    @Test func nothingWaitsForALongTurnWhileACoreIsFree() {
        var roster = Roster(threads: 4, runningMax: 2)
        #expect(roster.added(waiting: 1) == 0)
        #expect(roster.becomesLong(waiting: 0) == nil, "nothing waits")
        #expect(roster.added(waiting: 1) == 1)
        #expect(roster.becomesLong(waiting: 3) == nil, "no core is free")
        roster.becomesShort()
        #expect(roster.blocks(waiting: 3) == 2)
    }

    @Test func whoIsHeldUpIsHelpedThoughEveryCoreIsTaken() {
        var roster = Roster(threads: 2, runningMax: 1)
        #expect(roster.added(waiting: 1) == 0)
        #expect(roster.stalled(waiting: 0) == nil)
        #expect(roster.stalled(waiting: 1) == 1)
        #expect(roster.stalled(waiting: 1) == nil)
    }
}
