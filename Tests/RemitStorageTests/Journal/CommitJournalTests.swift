import RemitDomain
import RemitTesting
import Synchronization
import Testing

@testable import RemitStorage

@Suite struct CommitJournalTests {
    private typealias Waiter = JournalRig.Waiter

    private let rig = JournalRig()

    private func fill(_ journal: CommitJournal, to newest: inout Int64, _ waiter: Waiter = Waiter()) {
        newest += 1
        #expect(journal.append(1_900, to: newest, for: waiter))
        journal.settle()
    }

    @Test("one write and one sync settle all that wait, and then they are told")
    func round() throws {
        let journal = try rig.open()
        #expect(!journal.hasUnsettled)
        let waiters = (1...3).map { newest in
            let waiter = Waiter { [rig] _ in
                #expect((try? JournalRig.newest(rig.files[0].safe)) == [1, 2, 3])
            }
            #expect(journal.append(to: Int64(newest), for: waiter))
            return waiter
        }
        #expect(journal.hasUnsettled)
        #expect(waiters.allSatisfy { $0.answers.isEmpty })
        let (writes, syncs) = (rig.files[0].writes.count, rig.files[0].syncs)
        journal.settle()
        #expect(waiters.allSatisfy { $0.answers == [true] })
        // The texts, zeros, and the round.
        #expect(rig.files[0].writes.count - writes <= 3)
        #expect(rig.files[0].syncs - syncs == 1)
        #expect(!journal.hasUnsettled)
        journal.settle()
        #expect(rig.files[0].syncs - syncs == 1)
        #expect(journal.append(to: 4))
        journal.settle()
        #expect(rig.files[0].writes.count - writes <= 4)
        #expect(journal.readings.rounds == 2 && journal.readings.records == 4 && journal.readings.refused == 0)
    }

    @Test("a transaction that brought no event isn't taken")
    func noEvent() throws {
        let journal = try rig.open()
        let bytes: [UInt8] = [1]
        let isTaken = bytes.withUnsafeBytes {
            journal.append($0, tenant: Fixture.tenant, base: 3, newest: 3, for: Waiter())
        }
        #expect(!isTaken && !journal.hasUnsettled && journal.readings.refused == 1)
    }

    @Test("no more is kept in memory than its limit")
    func bounded() throws {
        let journal = try rig.open()
        #expect(!journal.hasRoom(for: 2_000) && !journal.append(2_000, to: 1))
        #expect(journal.hasRoom(for: 1_000) && journal.append(1_000, to: 1))
        #expect(!journal.hasRoom(for: 1_000) && !journal.append(1_000, to: 2))
        #expect(journal.append(900, to: 2))
        journal.settle()
        #expect(journal.hasRoom(for: 1_000) && journal.readings.refused == 2)
    }

    @Test("a full segment is free again when all files are synced, and its records are void when it is used again")
    func reuse() throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        var expected: [[Int64]] = [[], []]
        for turn in 0..<6 {
            expected[turn % 2] = []
            for _ in 0..<3 {
                fill(journal, to: &newest)
                expected[turn % 2].append(newest)
            }
            #expect(try rig.files.map { try JournalRig.newest($0.safe) } == expected)
            #expect(journal.readings.retired == max(0, turn - 1))
            #expect(rig.background.withLock { $0.waiting.count } == (turn == 0 ? 0 : 1))
            rig.runBackground()
            #expect(rig.background.withLock { $0.syncs } == turn)
        }
        let generations = try rig.files.map { try JournalRig.scan($0.safe).header?.generation ?? 0 }
        #expect(generations == [6, 7])
        #expect(rig.files.allSatisfy { $0.content.count <= rig.options.segmentBytesMax })
    }

    @Test("while both segments are full nothing is taken, and nobody waits")
    func full() throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        for _ in 0..<6 { fill(journal, to: &newest) }
        #expect(!journal.hasRoom(for: 1))
        let waiter = Waiter()
        #expect(!journal.append(to: newest + 1, for: waiter))
        #expect(waiter.answers.isEmpty && journal.failure == nil)
        let kept = try rig.files.map { try JournalRig.newest($0.safe) }
        #expect(kept == [[1, 2, 3], [4, 5, 6]])
        rig.runBackground()
        #expect(journal.hasRoom(for: 1))
        fill(journal, to: &newest, waiter)
        #expect(waiter.answers == [true])
        #expect(try JournalRig.newest(rig.files[0].safe) == [7])
    }

    @Test("what waits goes into the next segment together")
    func together() throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        for _ in 0..<2 { fill(journal, to: &newest) }
        #expect(journal.append(1_000, to: 3) && journal.append(800, to: 4))
        // Only the first of two would fit.
        journal.settle()
        #expect(journal.append(1_000, to: 5) && journal.append(800, to: 6))
        journal.settle()
        #expect(try rig.files.map { try JournalRig.newest($0.safe) } == [[1, 2, 3, 4], [5, 6]])
    }

    @Test("what texts were registered before a record are in its segment", arguments: [1, 3, 7])
    func texts(roundsBefore: Int) throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        for _ in 0..<roundsBefore {
            fill(journal, to: &newest)
            rig.runBackground()
        }
        rig.texts.withLock { $0.append("late") }
        fill(journal, to: &newest)
        let place = roundsBefore / 3 % 2
        #expect(try JournalRig.scan(rig.files[place].safe).texts == [0: "INSERT 0", 1: "UPDATE 1", 2: "late"])
    }

    @Test("texts that outgrow their room end the journal, not the process")
    func tooManyTexts() throws {
        let journal = try rig.open()
        rig.texts.withLock { $0.append(String(repeating: "x", count: 4_096)) }
        let waiter = Waiter()
        #expect(journal.append(to: 1, for: waiter))
        journal.settle()
        #expect(waiter.answers == [false] && journal.failure?.isFull == true)
    }

    // MARK: Failures

    @Test("after a write or a sync that failed all are told, and nothing is taken any more", arguments: [true, false])
    func failing(atSync: Bool) throws {
        let journal = try rig.open()
        let waiters = (1...4).map { _ in Waiter() }
        #expect(journal.append(to: 1, for: waiters[0]))
        journal.settle()
        rig.files[0].change { state in
            if atSync { state.syncsLeft = 0 } else { state.writesLeft = 0 }
        }
        #expect(journal.append(to: 2, for: waiters[1]) && journal.append(to: 3, for: waiters[2]))
        journal.settle()
        #expect(waiters.map(\.answers) == [[true], [false], [false], []])
        #expect(journal.failure != nil && !journal.hasRoom(for: 1))
        #expect(!journal.append(to: 4, for: waiters[3]))
        // What it has answered for stays, even if it is closed.
        rig.files[0].change { state in (state.syncsLeft, state.writesLeft) = (.max, .max) }
        journal.close()
        #expect(try JournalRig.newest(rig.files[0].safe).first == 1)
        #expect(waiters[3].answers.isEmpty)
    }

    @Test("who came while a round failed is told by the next one, and by nobody's write")
    func failingWithOthersWaiting() throws {
        let (early, between) = (Waiter(), Waiter())
        let journal = Mutex<CommitJournal?>(nil)
        var options = rig.options
        // Asked for on the way to the file.
        options.texts = JournalTexts(
            count: {
                if early.answers.isEmpty { #expect(journal.withLock { $0 }?.append(to: 2, for: between) == true) }
                return 0
            }, texts: { _ in [] })
        let opened = try CommitJournal.open(
            rig.files.map { JournalFile(lent: $0.raw) }, options, SyncedFolder("/", options))
        journal.withLock { $0 = opened }
        #expect(opened.append(to: 1, for: early))
        rig.files[0].change { $0.syncsLeft = 0 }
        opened.settle()
        #expect(early.answers == [false] && between.answers.isEmpty)
        #expect(opened.hasUnsettled)
        let writes = rig.files[0].writes.count
        rig.files[0].change { $0.syncsLeft = .max }
        opened.settle()
        #expect(between.answers == [false] && rig.files[0].writes.count == writes)
        #expect(!opened.hasUnsettled)
        journal.withLock { $0 = nil }
    }

    @Test("when the files can't be synced, the full segment is never used again")
    func failingRetirement() throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        for _ in 0..<4 { fill(journal, to: &newest) }
        rig.background.withLock { $0.failure = StorageError(.io, message: "It broke.") }
        let waiter = Waiter()
        #expect(journal.append(to: 5, for: waiter))
        rig.runBackground()
        #expect(journal.failure?.message == "It broke." && !journal.hasRoom(for: 1))
        // Who was let in before is served.
        journal.settle()
        #expect(waiter.answers == [true])
        journal.close()
        #expect(try rig.files.map { try JournalRig.newest($0.safe) } == [[1, 2, 3], [4, 5]])
    }

    // MARK: Ends

    @Test("a clean end syncs all files, and leaves no records")
    func closing() throws {
        let journal = try rig.open()
        var newest: Int64 = 0
        for _ in 0..<4 { fill(journal, to: &newest) }
        let waiter = Waiter()
        #expect(journal.append(to: 5, for: waiter))
        journal.close()
        journal.close()
        #expect(waiter.answers == [true])
        #expect(rig.background.withLock { $0.syncs } == 1)
        #expect(try rig.files.map { try JournalRig.newest($0.safe) } == [[], []])
        #expect(!journal.hasRoom(for: 1) && !journal.append(to: 6))
        // What was in the background comes too late to do harm.
        rig.runBackground()
        let next = try JournalRig(rig.files).open()
        #expect(next.hasRoom(for: 1))
    }

    @Test("a journal that may have to be done again isn't opened")
    func openingTooEarly() throws {
        let journal = try rig.open()
        #expect(journal.append(to: 1))
        journal.settle()
        #expect { try JournalRig(rig.files).open() } throws: { ($0 as? StorageError)?.code == .exists }
    }

    // MARK: Threads

    @Test("from many threads each is told once, and not before its bytes are safe")
    func concurrency() async throws {
        var options = rig.options
        options.bufferedBytesMax = 64 * 1_024
        options.segmentBytesMax = 512 * 1_024
        options.inBackground = { body in body() }
        let journal = try CommitJournal.open(
            rig.files.map { JournalFile(lent: $0.raw) }, options, SyncedFolder("/", options))
        let (perThread, threads) = (150, 4)
        let tally = Tally(rig.files)
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    for number in 0..<perThread {
                        tally.append(thread * perThread + number + 1, of: thread, after: number, to: journal)
                        if number % 3 == thread % 3 { journal.settle() }
                    }
                }
            }
        }
        while journal.hasUnsettled { journal.settle() }
        let told = tally.told.withLock { $0 }
        #expect(told.count == perThread * threads && told.values.allSatisfy { $0 == 1 })
        #expect(tally.faults.withLock { $0 } == 0)
        #expect(journal.readings.records == perThread * threads)
    }

    /// Who was told, how often, and how many too early or of a failure.
    private final class Tally: Sendable {
        let told = Mutex<[Int: Int]>([:])
        let faults = Mutex(0)
        private let files: [MemoryFile]

        init(_ files: [MemoryFile]) {
            self.files = files
        }

        func append(_ value: Int, of thread: Int, after base: Int, to journal: CommitJournal) {
            // A pattern that is nowhere else.
            let pattern = Array("<\(value)>".utf8)
            let waiter = Waiter { [self] isDurable in
                told.withLock { $0[value, default: 0] += 1 }
                let isSafe = files.contains { $0.safe.firstRange(of: pattern) != nil }
                if !isDurable || !isSafe { faults.withLock { $0 += 1 } }
            }
            let isTaken = pattern.withUnsafeBytes {
                journal.append(
                    $0, tenant: TenantID("tenant_\(thread)"), base: Int64(base), newest: Int64(base + 1),
                    for: waiter)
            }
            if !isTaken { faults.withLock { $0 += 1 } }
        }
    }
}
