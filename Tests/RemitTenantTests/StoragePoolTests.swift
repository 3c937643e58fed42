import Foundation
import RemitDomain
import RemitTesting
import Synchronization
import Testing

@testable import RemitTenant

/// A tenant's stand-in: takes its mail in turns, and notes who had which turn.
private final class Taker: TurnTaker {
    let name: String
    let pool: StoragePool
    let mailbox = Mailbox<Int>()
    let journal: Journal
    let members: Int
    private let isInTurn = Atomic(false)
    private let overlapsCount = Atomic(0)
    /// Turns that began while another ran.
    var overlaps: Int { overlapsCount.load(ordering: .relaxed) }

    init(_ name: String, on pool: StoragePool, _ journal: Journal, members: Int = 128) {
        self.name = name
        self.pool = pool
        self.journal = journal
        self.members = members
    }

    func submit(_ entries: [Int]) {
        if mailbox.append(contentsOf: entries) { pool.enqueue(turnOf: self) }
    }

    func takeTurn() {
        if isInTurn.exchange(true, ordering: .relaxed) { overlapsCount.add(1, ordering: .relaxed) }
        let entries = mailbox.take(members)
        isInTurn.store(false, ordering: .relaxed)
        journal.note(name, entries)
        if mailbox.endTurn(wantsMore: false) { pool.enqueue(turnOf: self) }
    }

    func timerFired() {
        if mailbox.append(-1) { pool.enqueue(turnOf: self) }
    }
}

/// What happened, in order; a test waits for a count of entries.
private final class Journal: Sendable {
    struct Turn: Equatable {
        var name: String
        var entries: [Int]
    }

    private let turns = Mutex<[Turn]>([])
    let noted = TestSignal<Int>()

    func note(_ name: String, _ entries: [Int]) {
        turns.withLock { $0.append(Turn(name: name, entries: entries)) }
        noted.send(entries.count)
    }

    var all: [Turn] { turns.withLock { $0 } }

    func wait(for count: Int) async {
        var seen = 0
        while seen < count { seen += await noted.next() }
    }
}

@Suite struct StoragePoolTests {
    /// Holds one of the threads until it is opened, so that what is queued meanwhile is queued together.
    private func hold(_ pool: StoragePool) -> DispatchSemaphore {
        let gate = DispatchSemaphore(value: 0)
        pool.enqueue(turnOf: ThreadJob { gate.wait() })
        return gate
    }

    @Test func aFloodedTenantDoesntStarveAnother() async {
        let pool = StoragePool(threads: 1, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let gate = hold(pool)
        let flooded = Taker("flooded", on: pool, journal)
        let other = Taker("other", on: pool, journal)
        flooded.submit(Array(0..<1_000))
        other.submit([1])
        gate.signal()
        await journal.wait(for: 1_001)
        let turns = journal.all
        #expect(turns[1] == Journal.Turn(name: "other", entries: [1]))
        #expect(turns.allSatisfy { $0.entries.count <= 128 })
        #expect(turns.filter { $0.name == "flooded" }.flatMap(\.entries) == Array(0..<1_000))
    }

    @Test func aTurnTakesEntriesUntilTheyWeighEnough() {
        let mailbox = Mailbox<Int>()
        _ = mailbox.append(contentsOf: [1, 127, 1, 128, 128, 300, 5])
        let turns = (0..<5).map { _ in mailbox.take(128, weight: { $0 }) }
        #expect(turns == [[1, 127], [1, 128], [128], [300], [5]])
        #expect(mailbox.isEmpty)
    }

    @Test func manyWritersLoseNothingAndKeepTheirOwnOrder() async {
        let pool = StoragePool(threads: 1, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let taker = Taker("a", on: pool, journal)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { for index in 0..<200 { taker.submit([writer * 1_000 + index]) } }
            }
        }
        await journal.wait(for: 1_600)
        let entries = journal.all.flatMap(\.entries)
        for writer in 0..<8 {
            #expect(entries.filter { $0 / 1_000 == writer } == (0..<200).map { writer * 1_000 + $0 })
        }
    }

    @Test func timersFireByTheirClockAndTheLastOneSetHolds() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 1, cores: 1, clock: clock)
        defer { pool.stop() }
        let journal = Journal()
        let (first, second) = (Taker("first", on: pool, journal), Taker("second", on: pool, journal))
        pool.setTimer(of: first, at: clock.now() + 100_000)
        pool.setTimer(of: second, at: clock.now() + 200_000)
        pool.setTimer(of: first, at: clock.now() + 300_000)
        clock.advance(milliseconds: 250_000)
        pool.clockMoved()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["second"])
        clock.advance(milliseconds: 50_000)
        pool.clockMoved()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["second", "first"])
        #expect(pool.timersCount == 0)
    }

    @Test func canceledAndMovedTimersLeaveNothingBehind() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 1, cores: 1, clock: clock)
        defer { pool.stop() }
        let journal = Journal()
        let taker = Taker("a", on: pool, journal)
        for index in 0..<1_000 { pool.setTimer(of: taker, at: clock.now() + 1_000_000 + Int64(index)) }
        #expect(pool.timersCount == 1)
        #expect(pool.keptTimersCount <= 66)
        pool.cancelTimer(of: taker)
        clock.advance(milliseconds: 2_000_000)
        pool.clockMoved()
        taker.submit([7])
        await journal.wait(for: 1)
        #expect(journal.all == [Journal.Turn(name: "a", entries: [7])])
    }

    @Test func stopEndsAfterWhatIsQueuedAndThenRefuses() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 1, cores: 1, clock: clock)
        let journal = Journal()
        let gate = hold(pool)
        let taker = Taker("a", on: pool, journal)
        taker.submit(Array(0..<300))
        pool.setTimer(of: taker, at: clock.now() + 1_000)
        pool.stop()
        gate.signal()
        await journal.wait(for: 300)
        #expect(journal.all.flatMap(\.entries) == Array(0..<300))
        while pool.enqueue(turnOf: ThreadJob {}) { await Task.yield() }
        #expect(pool.timersCount == 0)
    }

    @Test func othersTurnsRunWhileOneWaitsForTheDisk() async {
        let pool = StoragePool(threads: 2, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let (blocked, disk) = (TestSignal<Void>(), DispatchSemaphore(value: 0))
        let waiting = ThreadJob {
            pool.willBlock()
            blocked.send()
            disk.wait()
            pool.didBlock()
            journal.note("blocked", [0])
        }
        let other = Taker("other", on: pool, journal)
        pool.enqueue(turnOf: waiting)
        await blocked.next()
        other.submit([1])
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["other"])
        disk.signal()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["other", "blocked"])
    }

    @Test func whatWaitsAlreadyIsHandedOverByWhoBlocks() async {
        let pool = StoragePool(threads: 2, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let (gate, disk) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let waiting = ThreadJob {
            gate.wait()
            pool.willBlock()
            disk.wait()
            pool.didBlock()
            journal.note("blocked", [0])
        }
        pool.enqueue(turnOf: waiting)
        Taker("other", on: pool, journal).submit([1])
        gate.signal()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["other"])
        disk.signal()
        await journal.wait(for: 1)
    }

    @Test func othersTurnsRunBesideALongOneWhereACoreIsFree() async {
        let pool = StoragePool(threads: 2, cores: 2, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let (began, end) = (TestSignal<Void>(), DispatchSemaphore(value: 0))
        let long = ThreadJob {
            pool.willRunLong()
            began.send()
            end.wait()
            pool.didRunLong()
            journal.note("long", [0])
        }
        pool.enqueue(turnOf: long)
        await began.next()
        Taker("other", on: pool, journal).submit([1])
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["other"])
        end.signal()
        await journal.wait(for: 1)
    }

    @Test func aTurnThatBlocksUnannouncedDoesntHoldUpOthersForLong() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 2, cores: 1, clock: clock)
        defer { pool.stop() }
        let journal = Journal()
        let gate = hold(pool)
        Taker("other", on: pool, journal).submit([1])
        // The clock goes on until somebody has looked: how often depends on when the first turn has begun.
        let mover = Task {
            while !Task.isCancelled {
                clock.advance(milliseconds: 10)
                pool.clockMoved()
                await Task.yield()
            }
        }
        await journal.wait(for: 1)
        mover.cancel()
        #expect(journal.all.map(\.name) == ["other"])
        gate.signal()
    }

    @Test func nobodyLooksAfterAPoolThatHasNothingToDo() async {
        let clock = ManualClock()
        let pool = StoragePool(threads: 2, cores: 1, clock: clock)
        defer { pool.stop() }
        let journal = Journal()
        let gate = hold(pool)
        Taker("a", on: pool, journal).submit([1])
        gate.signal()
        await journal.wait(for: 1)
        while pool.timersCount > 0 {
            clock.advance(milliseconds: 10)
            pool.clockMoved()
            await Task.yield()
        }
    }

    @Test func shortTurnsFollowEachOtherOnOneThread() async {
        let pool = StoragePool(threads: 4, cores: 1, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let gate = hold(pool)
        let threads = Mutex<Set<UInt>>([])
        let jobs = (0..<100).map { index in
            ThreadJob {
                threads.withLock { _ = $0.insert(SystemThread.current) }
                journal.note("job", [index])
            }
        }
        pool.enqueue(turnsOf: jobs)
        gate.signal()
        await journal.wait(for: 100)
        #expect(journal.all.flatMap(\.entries) == Array(0..<100))
        #expect(threads.withLock { $0.count } == 1)
        #expect(pool.handles.isSuperset(of: threads.withLock { $0 }))
    }

    @Test func aTakersTurnsNeverOverlapOnManyThreads() async {
        let pool = StoragePool(threads: 4, cores: 4, clock: ManualClock())
        defer { pool.stop() }
        let journal = Journal()
        let takers = (0..<8).map { Taker("\($0)", on: pool, journal, members: 3) }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for index in 0..<200 { takers[(writer + index) % 8].submit([writer * 1_000 + index]) }
                }
            }
        }
        await journal.wait(for: 800)
        #expect(takers.allSatisfy { $0.overlaps == 0 })
        for (place, taker) in takers.enumerated() {
            let entries = journal.all.filter { $0.name == taker.name }.flatMap(\.entries)
            for writer in 0..<4 {
                let expected = (0..<200).filter { (writer + $0) % 8 == place }.map { writer * 1_000 + $0 }
                #expect(entries.filter { $0 / 1_000 == writer } == expected)
            }
        }
    }

    @Test func allThreadsEndAndTheLastOnesTurnsAreRun() async {
        let pool = StoragePool(threads: 3, cores: 3, clock: ManualClock())
        let journal = Journal()
        let gate = hold(pool)
        let first = Taker("first", on: pool, journal, members: 1)
        first.submit([1, 2, 3])
        pool.stop()
        gate.signal()
        await journal.wait(for: 3)
        while pool.enqueue(turnOf: ThreadJob {}) { await Task.yield() }
        #expect(pool.runningCount == 0)
    }

    @Test func aPausedMailboxKeepsItsEntriesAndLetsTurnsComeThatAreAskedFor() {
        let mailbox = Mailbox<Int>()
        #expect(mailbox.append(1))
        mailbox.pause()
        #expect(mailbox.take(8).isEmpty)
        #expect(!mailbox.append(2))
        #expect(!mailbox.endTurn(wantsMore: false))
        #expect(!mailbox.append(3))
        #expect(mailbox.schedule())
        #expect(mailbox.take(8).isEmpty)
        mailbox.resume()
        #expect(mailbox.endTurn(wantsMore: false))
        #expect(mailbox.take(8) == [1, 2, 3])
        #expect(!mailbox.endTurn(wantsMore: false))
    }

    @Test func aMailboxAsksForOneTurnAtATime() {
        let mailbox = Mailbox<Int>()
        #expect(mailbox.append(1))
        #expect(!mailbox.append(2))
        #expect(!mailbox.schedule())
        #expect(mailbox.take(1) == [1])
        #expect(mailbox.endTurn(wantsMore: false))
        #expect(mailbox.take(9) == [2])
        #expect(mailbox.endTurn(wantsMore: true))
        #expect(mailbox.take(9).isEmpty)
        #expect(!mailbox.endTurn(wantsMore: false))
        #expect(mailbox.schedule())
    }

    @Test func aTurnThatIsAskedForDuringATurnFollowsIt() {
        let mailbox = Mailbox<Int>()
        #expect(mailbox.schedule())
        #expect(!mailbox.schedule())
        #expect(mailbox.take(9).isEmpty)
        #expect(!mailbox.schedule())
        #expect(mailbox.endTurn(wantsMore: false), "the turn may have looked before it was asked for")
        #expect(mailbox.take(9).isEmpty)
        #expect(!mailbox.endTurn(wantsMore: false), "once")
        #expect(mailbox.schedule())
    }
}
