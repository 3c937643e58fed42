import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite struct JournalRecoveryTests {
    private let lost: LostCommits
    private let a = TenantID("tenant_a")
    private let b = TenantID("tenant_b")

    init() throws { lost = try LostCommits(of: [a, b]) }

    /// Makes payments of a tenant, loses the last `losing` of them, and returns the rows as they were.
    @discardableResult
    private func pay(_ tenant: TenantID, _ count: Int, losing: Int) throws -> [String] {
        let database = try lost.open(tenant)
        for number in 0..<count {
            if number == count - losing { try lost.save(tenant) }
            #expect(try lost.pay(database))
        }
        if losing == 0 { try lost.save(tenant) }
        database.close()
        let rows = try lost.dump(tenant)
        try lost.lose(tenant)
        return rows
    }

    @Test("a file gets the commits that it has lost, the same rows, and no other", arguments: [0, 1, 3, 5])
    func heals(losing: Int) throws {
        let rows = try pay(a, 5, losing: losing)
        let others = try pay(b, 2, losing: 0)
        #expect((try lost.dump(a) == rows) == (losing == 0))
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.records == 7 && summary.applied == losing && summary.skipped.isEmpty)
        #expect(summary.tenants == 2 && summary.healed == (losing > 0 ? 1 : 0))
        #expect(try lost.kept().isEmpty)
        #expect(try lost.dump(a) == rows && lost.dump(b) == others)
        // The records are void: a file that comes from elsewhere later isn't touched.
        #expect(try lost.recover() == JournalRecovery.Summary())
        _ = try CommitJournal.open(in: lost.folder.path)
    }

    @Test("a recovery that was interrupted before its end is repeated")
    func repeats() throws {
        let rows = try pay(a, 4, losing: 2)
        lost.abandon()
        var options = LostCommits.options
        options.synchronizeAll = { StorageError(.io, message: "The disk is gone.") }
        for applied in [2, 0] {
            #expect(throws: StorageError.self) { try lost.recover(options) }
            #expect(try lost.dump(a) == rows)
            if applied == 2 { continue }
            try lost.lose(a)
        }
        #expect(try lost.recover().applied == 2)
        #expect(try lost.dump(a) == rows)
    }

    @Test("records of both segments are executed in the order of their generations", arguments: [true, false])
    func bothSegments(isOlder: Bool) throws {
        let database = try lost.open(a)
        try lost.save(a)
        var (count, savedCount) = (0, 0)
        while lost.journal.readings.retired < 2 {
            #expect(try lost.pay(database))
            count += 1
            // From now on the files have surely what is in the first segment, which is used again.
            guard !isOlder, savedCount == 0, lost.journal.readings.retired == 1 else { continue }
            try lost.save(a)
            savedCount = count
        }
        database.close()
        let rows = try lost.dump(a)
        lost.abandon()
        try lost.lose(a)
        let summary = try lost.recover()
        #expect(summary.records > 10 && summary.records < count)
        if isOlder {
            #expect(summary.skipped.map(\.reason) == [.gap] && summary.skipped[0].records == summary.records)
        } else {
            #expect(summary.applied == count - savedCount && summary.skipped.isEmpty)
            #expect(try lost.dump(a) == rows)
        }
    }

    @Test("a file that is older than its first record is left alone, and its records are kept")
    func gap() throws {
        let old = try lost.dump(a)
        try lost.save(a)
        let database = try lost.open(a)
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_synced", entity: "else"))
        try database.commit(transaction)
        #expect(try lost.pay(database))
        database.close()
        try lost.lose(a)
        let others = try pay(b, 3, losing: 3)
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.skipped.map(\.tenant) == [a] && summary.skipped.map(\.reason) == [.gap])
        #expect(try lost.dump(a) == old && lost.dump(b) == others)
        #expect(summary.applied == 3)
        #expect(try lost.kept() == [a: [2]])
        // The next start has a journal of its own.
        let next = try lost.recover()
        #expect(next.records == 0 && next.skipped == summary.skipped)
        let journal = try CommitJournal.open(in: lost.folder.path)
        #expect(journal.hasRoom(for: 1_000))
    }

    @Test("a gap between two records undoes what was executed before it")
    func gapBetween() throws {
        let database = try lost.open(a)
        try lost.save(a)
        #expect(try lost.pay(database))
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_synced", entity: "else"))
        try database.commit(transaction)
        #expect(try lost.pay(database))
        database.close()
        let whole = try lost.dump(a)
        try lost.lose(a)
        let old = try lost.dump(a)
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.skipped.map(\.reason) == [.gap] && summary.applied == 0)
        #expect(try lost.dump(a) == old && old != whole)
    }

    @Test("a transaction between two records that was synced by itself is no gap")
    func syncedBetween() throws {
        let database = try lost.open(a)
        #expect(try lost.pay(database))
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_synced", entity: "else"))
        try database.commit(transaction)
        try lost.save(a)
        #expect(try lost.pay(database))
        database.close()
        let rows = try lost.dump(a)
        try lost.lose(a)
        lost.abandon()
        #expect(try lost.recover().applied == 1)
        #expect(try lost.dump(a) == rows)
    }

    @Test("a tenant whose file is gone is skipped, and its records are kept")
    func missing() throws {
        try pay(a, 2, losing: 1)
        for suffix in ["", "-wal", "-shm"] { try FileSystem.remove(lost.path(a) + suffix) }
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.skipped.map(\.reason) == [.missing] && summary.skipped.map(\.records) == [2])
        #expect(try lost.kept() == [a: [1, 2]])
        #expect(!FileSystem.exists(lost.path(a)))
    }

    @Test("where no file can be used nothing is done, and the records stay", arguments: [1, 2])
    func noFiles(count: Int) throws {
        let rows = try pay(a, 2, losing: 1)
        let others = count == 2 ? try pay(b, 1, losing: 1) : []
        lost.abandon()
        let hidden = lost.folder.file("elsewhere")
        try FileSystem.makeDirectory(hidden)
        let names = try FileSystem.names(in: lost.folder.path).filter { $0.hasPrefix("tenant") }
        for name in names { try FileSystem.rename(lost.folder.file(name), to: hidden + "/" + name) }
        #expect { try lost.recover() } throws: { error in
            (error as? StorageError)?.message.contains("Is its file system mounted") == true
        }
        #expect(try lost.kept().isEmpty)
        for name in names { try FileSystem.rename(hidden + "/" + name, to: lost.folder.file(name)) }
        #expect(try lost.recover().applied == count)
        #expect(try lost.dump(a) == rows && (count == 1 || lost.dump(b) == others))
    }

    @Test("a file that can't be opened is its tenant's trouble alone")
    func cannotOpen() throws {
        let rows = try pay(a, 2, losing: 1)
        let others = try pay(b, 2, losing: 2)
        lost.abandon()
        try FileSystem.rename(lost.path(a), to: lost.path(a) + ".right")
        try FileSystem.makeDirectory(lost.path(a))
        let summary = try lost.recover()
        #expect(summary.applied == 2 && summary.skipped.map(\.tenant) == [a])
        #expect(summary.skipped.map(\.reason) == [.refused])
        #expect(try lost.dump(b) == others)
        try FileManager.default.removeItem(atPath: lost.path(a))
        try FileSystem.rename(lost.path(a) + ".right", to: lost.path(a))
        #expect(try lost.recover().applied == 1)
        #expect(try lost.dump(a) == rows && lost.kept().isEmpty)
    }

    @Test("a file that isn't what the records were made on is left alone")
    func diverged() throws {
        try pay(a, 3, losing: 2)
        // Another history of the same length.
        let database = try lost.open(a)
        try database.transaction { rows throws(StorageError) in
            try rows.insert(Fixture.fullPayment("payment_2"))
            _ = try rows.append(Fixture.event("event_other", entity: "payment_2"))
        }
        database.close()
        let rows = try lost.dump(a)
        lost.abandon()
        let summary = try lost.recover()
        // The third payment would fit, if it weren't for the second one's Stripe id.
        #expect(summary.skipped.isEmpty || summary.skipped.map(\.reason) == [.refused])
        #expect(summary.applied + summary.skipped.count == 1)
        if !summary.skipped.isEmpty { #expect(try lost.dump(a) == rows) }
    }

    @Test("a file in which SQLite finds a record's row already is left as it is")
    func refused() throws {
        let database = try lost.open(a)
        #expect(try lost.pay(database))
        try lost.save(a)
        #expect(try lost.pay(database))
        database.close()
        try lost.lose(a)
        let changed = try lost.open(a)
        try changed.transaction { rows throws(StorageError) in
            var payment = Fixture.fullPayment("payment_else")
            payment.stripePaymentID = "pi_2"
            try rows.insert(payment)
        }
        changed.close()
        let rows = try lost.dump(a)
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.skipped.map(\.reason) == [.refused])
        #expect(try lost.kept() == [a: [1, 2]])
        #expect(try lost.dump(a) == rows)
    }

    @Test("a record that leads elsewhere than it says is undone")
    func leadsElsewhere() throws {
        let database = try lost.open(a)
        try lost.save(a)
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_1"))
        let redo = try #require(try database.commitUnsynced(transaction))
        #expect(lost.journal.append(redo, tenant: a, base: 0, newest: 2, for: JournalRig.Waiter()))
        RedoRecord.giveBack(redo)
        lost.journal.settle()
        database.close()
        try lost.lose(a)
        let rows = try lost.dump(a)
        lost.abandon()
        #expect(try lost.recover().skipped.map(\.reason) == [.diverged])
        #expect(try lost.dump(a) == rows)
    }

    @Test("numbers of another process mean its texts, not this one's")
    func otherNumbers() throws {
        var options = LostCommits.options
        // As if that process had met two others first, and counted from there.
        options.texts = JournalTexts(
            count: { RedoTexts.count + 2 },
            texts: { first in Array((["SELECT 1", "DELETE FROM event"] + RedoTexts.texts(from: 0))[first...]) })
        let lost = try LostCommits(options)
        try lost.create(a)
        let database = try lost.open(a)
        try lost.save(a)
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_1"))
        let redo = try #require(try database.commitUnsynced(transaction))
        var bytes = Array(try #require(redo.bytes))
        RedoRecord.giveBack(redo)
        let number = UInt16(bytes[0]) + UInt16(bytes[1]) << 8 + 2
        bytes.replaceSubrange(0..<2, with: [UInt8(number & 0xff), UInt8(number >> 8)])
        let isTaken = bytes.withUnsafeBytes {
            lost.journal.append($0, tenant: a, base: 0, newest: 1, for: JournalRig.Waiter())
        }
        #expect(isTaken)
        lost.journal.settle()
        database.close()
        let rows = try lost.dump(a)
        try lost.lose(a)
        lost.abandon()
        #expect(try lost.recover().applied == 1)
        #expect(try lost.dump(a) == rows)
    }

    @Test("executions that can't be read are refused, whatever they are", arguments: 0..<64 as Range<UInt64>)
    func unreadable(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let database = try lost.open(a)
        try lost.save(a)
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_1"))
        let redo = try #require(try database.commitUnsynced(transaction))
        var bytes = Array(try #require(redo.bytes))
        RedoRecord.giveBack(redo)
        database.close()
        try lost.lose(a)
        switch random.number(in: 0...2) {
        case 0: bytes.removeLast(random.number(in: 1...bytes.count - 1))
        case 1: bytes[random.number(in: 0...bytes.count - 1)] = UInt8(random.number(in: 0...255))
        default: bytes = bytes.map { _ in UInt8(random.number(in: 0...255)) }
        }
        let isTaken = bytes.withUnsafeBytes {
            lost.journal.append($0, tenant: a, base: 0, newest: 1, for: JournalRig.Waiter())
        }
        #expect(isTaken)
        lost.journal.settle()
        lost.abandon()
        let summary = try lost.recover()
        #expect(summary.applied + summary.skipped.count == 1, "seed \(seed)")
    }

    @Test("a journal that is damaged stays as it is, and what comes before the damage is executed")
    func damaged() throws {
        let rows = try pay(a, 5, losing: 5)
        lost.abandon()
        let path = lost.folder.file(CommitJournal.names[0])
        let scan = try SegmentScan(of: JournalFile(path: path))
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        content[Int(scan.records[2].offset)] ^= 1
        try content.write(to: URL(fileURLWithPath: path))
        let summary = try lost.recover()
        #expect(summary.damage == [CommitJournal.names[0]: "frame"])
        #expect(summary.records == 2 && summary.applied == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
        #expect(throws: StorageError.self) { try CommitJournal.open(in: lost.folder.path) }
        #expect(try lost.dump(a).count < rows.count)
    }

    @Test("another tenant's file under a tenant's name isn't written to")
    func anothersFile() throws {
        try pay(a, 2, losing: 2)
        lost.abandon()
        let other = TenantID("tenant_other")
        try lost.create(other)
        for file in lost.files(of: a) { try? FileManager.default.removeItem(atPath: file) }
        try FileManager.default.copyItem(atPath: lost.path(other), toPath: lost.path(a))
        let summary = try lost.recover()
        #expect(summary.applied == 0 && summary.skipped.map(\.reason) == [.refused])
        #expect(try lost.dump(a) == lost.dump(other))
    }

    @Test("a tenant whose records nothing follows is opened and nothing is written to it")
    func quiet() throws {
        try pay(a, 3, losing: 0)
        lost.abandon()
        let before = lost.files(of: a).map { FileManager.default.contents(atPath: $0) }
        #expect(try lost.recover().records == 3)
        #expect(lost.files(of: a).map { FileManager.default.contents(atPath: $0) } == before)
    }
}
