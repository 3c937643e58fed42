import Foundation
import RemitDomain
import RemitTesting
import Synchronization
import Testing

@testable import RemitTenant

/// A tenant's stand-in: takes its mail in turns, and notes who had which turn.
private final class Taker: TurnTaker {
    let name: String
    let thread: StorageThread
    let mailbox = Mailbox<Int>()
    let journal: Journal
    let members: Int

    init(_ name: String, on thread: StorageThread, _ journal: Journal, members: Int = 128) {
        self.name = name
        self.thread = thread
        self.journal = journal
        self.members = members
    }

    func submit(_ entries: [Int]) {
        if mailbox.append(contentsOf: entries) { thread.enqueue(turnOf: self) }
    }

    func takeTurn() {
        journal.note(name, mailbox.take(members))
        if mailbox.endTurn(wantsMore: false) { thread.enqueue(turnOf: self) }
    }

    func timerFired() {
        if mailbox.append(-1) { thread.enqueue(turnOf: self) }
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

private actor Resident {
    let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ thread: StorageThread) { self.thread = thread }

    func isOnItsThread() -> Bool { thread.isIsolatingCurrentContext() == true }
}

@Suite struct ThreadsTests {
    /// Holds the thread until it is opened, so that what is queued meanwhile is queued together.
    private func hold(_ thread: StorageThread) -> DispatchSemaphore {
        let gate = DispatchSemaphore(value: 0)
        thread.enqueue(turnOf: ThreadJob { gate.wait() })
        return gate
    }

    @Test func aFloodedTenantDoesntStarveAnother() async {
        let thread = StorageThread(clock: ManualClock())
        defer { thread.stop() }
        let journal = Journal()
        let gate = hold(thread)
        let flooded = Taker("flooded", on: thread, journal)
        let other = Taker("other", on: thread, journal)
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
        let thread = StorageThread(clock: ManualClock())
        defer { thread.stop() }
        let journal = Journal()
        let taker = Taker("a", on: thread, journal)
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
        let thread = StorageThread(clock: clock)
        defer { thread.stop() }
        let journal = Journal()
        let (first, second) = (Taker("first", on: thread, journal), Taker("second", on: thread, journal))
        thread.setTimer(of: first, at: clock.now() + 100_000)
        thread.setTimer(of: second, at: clock.now() + 200_000)
        thread.setTimer(of: first, at: clock.now() + 300_000)
        clock.advance(milliseconds: 250_000)
        thread.wake()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["second"])
        clock.advance(milliseconds: 50_000)
        thread.wake()
        await journal.wait(for: 1)
        #expect(journal.all.map(\.name) == ["second", "first"])
        #expect(thread.timersCount == 0)
    }

    @Test func canceledAndMovedTimersLeaveNothingBehind() async {
        let clock = ManualClock()
        let thread = StorageThread(clock: clock)
        defer { thread.stop() }
        let journal = Journal()
        let taker = Taker("a", on: thread, journal)
        for index in 0..<1_000 { thread.setTimer(of: taker, at: clock.now() + 1_000_000 + Int64(index)) }
        #expect(thread.timersCount == 1)
        #expect(thread.keptTimersCount <= 66)
        thread.cancelTimer(of: taker)
        clock.advance(milliseconds: 2_000_000)
        thread.wake()
        taker.submit([7])
        await journal.wait(for: 1)
        #expect(journal.all == [Journal.Turn(name: "a", entries: [7])])
    }

    @Test func anActorsJobsRunOnItsThread() async {
        let thread = StorageThread(clock: ManualClock())
        defer { thread.stop() }
        #expect(await Resident(thread).isOnItsThread())
        #expect(thread.isIsolatingCurrentContext() == false)
    }

    @Test func stopEndsAfterWhatIsQueuedAndThenRefuses() async {
        let clock = ManualClock()
        let thread = StorageThread(clock: clock)
        let journal = Journal()
        let gate = hold(thread)
        let taker = Taker("a", on: thread, journal)
        taker.submit(Array(0..<300))
        thread.setTimer(of: taker, at: clock.now() + 1_000)
        thread.stop()
        gate.signal()
        await journal.wait(for: 300)
        #expect(journal.all.flatMap(\.entries) == Array(0..<300))
        while thread.enqueue(turnOf: ThreadJob {}) { await Task.yield() }
        #expect(thread.timersCount == 0)
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
}
