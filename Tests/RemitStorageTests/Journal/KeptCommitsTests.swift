import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite struct KeptCommitsTests {
    private let lost: LostCommits
    private let a = TenantID("tenant_a")
    private let b = TenantID("tenant_b")

    init() throws { lost = try LostCommits(of: [a, b]) }

    /// Leaves a journal with commits of a tenant whose file is an earlier one; returns the rows that it should have.
    ///
    /// `lose` puts the right file back.
    private func keep(_ count: Int = 3) throws -> [String] {
        let database = try lost.open(a)
        try lost.save(a, as: "early")
        let transaction = try database.begin()
        _ = try transaction.append(Fixture.event("event_synced", entity: "else"))
        try database.commit(transaction)
        try lost.save(a)
        for _ in 0..<count { #expect(try lost.pay(database)) }
        database.close()
        let rows = try lost.dump(a)
        lost.abandon()
        try lost.lose(a, to: "early")
        return rows
    }

    @Test("a file that is put back gets at the next start what was kept, and nothing is kept any more")
    func nextStart() throws {
        let rows = try keep()
        #expect(try lost.recover().skipped.map(\.reason) == [.gap])
        #expect(try lost.kept() == [a: [2, 3, 4]])
        #expect(try KeptCommits(in: lost.folder.path).tenants == [a])
        try lost.lose(a)
        let summary = try lost.recover()
        #expect(summary.applied == 3 && summary.healed == 1 && summary.skipped.isEmpty)
        #expect(try lost.dump(a) == rows && lost.kept().isEmpty)
        #expect(try KeptCommits(in: lost.folder.path).tenants.isEmpty)
        #expect(try lost.recover() == JournalRecovery.Summary())
    }

    @Test("a file that is put back while a server runs gets at its next opening what was kept")
    func nextOpening() throws {
        let rows = try keep()
        _ = try lost.recover()
        let kept = try KeptCommits(in: lost.folder.path)
        try kept.settle(b, on: lost.path(b))
        for _ in 0..<2 {
            #expect { try kept.settle(a, on: lost.path(a)) } throws: { error in
                guard let message = (error as? StorageError)?.message else { return false }
                return message.hasPrefix("3 commits") && message.contains("commits-kept/tenant_a.*.journal")
            }
        }
        try lost.lose(a)
        try kept.settle(a, on: lost.path(a))
        #expect(try lost.dump(a) == rows && lost.kept().isEmpty && kept.tenants.isEmpty)
        try kept.settle(a, on: lost.path(a))
    }

    @Test("who removes what is kept accepts that it is lost, whether or not a server runs", arguments: [true, false])
    func accepted(isRunning: Bool) throws {
        _ = try keep()
        _ = try lost.recover()
        let rows = try lost.dump(a)
        let kept = try KeptCommits(in: lost.folder.path)
        try FileManager.default.removeItem(atPath: lost.folder.file("commits-kept/tenant_a.1.journal"))
        if isRunning {
            try kept.settle(a, on: lost.path(a))
            #expect(kept.tenants.isEmpty)
        } else {
            #expect(try lost.recover() == JournalRecovery.Summary())
        }
        #expect(try lost.dump(a) == rows)
    }

    @Test("a start that was interrupted after it kept some keeps nothing twice")
    func interrupted() throws {
        let rows = try keep()
        var options = LostCommits.options
        options.synchronizeAll = { StorageError(.io, message: "The disk is gone.") }
        for _ in 0..<2 { #expect(throws: StorageError.self) { try lost.recover(options) } }
        #expect(try lost.recover().skipped.map(\.records) == [3])
        #expect(try lost.kept() == [a: [2, 3, 4]])
        try lost.lose(a)
        #expect(try lost.recover().applied == 3)
        #expect(try lost.dump(a) == rows)
    }

    @Test("what a file has already isn't executed again, and isn't kept any more")
    func hasSome() throws {
        let rows = try keep(3)
        _ = try lost.recover()
        let kept = try KeptCommits(in: lost.folder.path)
        let path = lost.folder.file("commits-kept/tenant_a.1.journal")
        let saved = FileManager.default.contents(atPath: path)
        try lost.lose(a)
        try kept.settle(a, on: lost.path(a))
        // As if the process had been killed before it removed them.
        try #require(saved).write(to: URL(fileURLWithPath: path))
        let summary = try lost.recover()
        #expect(summary.applied == 0 && summary.skipped.isEmpty)
        #expect(try lost.dump(a) == rows && lost.kept().isEmpty)
    }

    @Test(
        "a kept file that is damaged anywhere isn't believed, and its tenant isn't served",
        arguments: 0..<32 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        _ = try keep(1)
        _ = try lost.recover()
        try lost.lose(a)
        let rows = try lost.dump(a)
        let path = lost.folder.file("commits-kept/tenant_a.1.journal")
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        let scan = try SegmentScan(of: JournalFile(path: path))
        let random = SeededRandom(seed: seed)
        let record = try #require(scan.records.first)
        // What fills a sector up says nothing.
        let place = random.pick([
            random.number(in: 0...SegmentHeader.bytes - 1),
            random.number(in: Int(record.offset)...Int(record.offset) + record.count - 1),
        ])
        if random.isOnce(in: 4) { content = content.prefix(place) } else { content[place] ^= 1 }
        try content.write(to: URL(fileURLWithPath: path))
        let summary = try lost.recover()
        #expect(summary.skipped.map(\.reason) == [.unreadable], "seed \(seed)")
        #expect(throws: StorageError.self) { try KeptCommits(in: lost.folder.path).settle(a, on: lost.path(a)) }
        #expect(try lost.dump(a) == rows, "seed \(seed)")
    }

    @Test("records that don't fit into one round are kept, and done again")
    func many() throws {
        let rows = try keep(30)
        #expect(try lost.recover().records == 30)
        #expect(try lost.kept() == [a: Array(2...31)])
        let size = try FileManager.default.attributesOfItem(
            atPath: lost.folder.file("commits-kept/tenant_a.1.journal"))[.size]
        #expect(try #require(size as? Int) > 2 * LostCommits.options.bufferedBytesMax)
        try lost.lose(a)
        #expect(try lost.recover().applied == 30)
        #expect(try lost.dump(a) == rows)
    }

    @Test("a tenant's files go with what is kept for it, and other names are nobody's")
    func removal() throws {
        let folder = try TemporaryDirectory()
        let data = try DataDirectory(path: folder.file("data"), creates: true)
        let kept = folder.file("data/commits-kept")
        try FileSystem.makeDirectory(kept)
        let names = [
            "tenant_a.1.journal", "tenant_a.2.journal", "tenant_a.2.journal.part", "tenant_b.10.journal", ".1.journal",
            "tenant_c.x.journal", "tenant_c.journal", "tenant_c.0.journal", "tenant c.1.journal",
        ]
        for name in names { try Data().write(to: URL(fileURLWithPath: kept + "/" + name)) }
        #expect(try KeptCommits(in: data.path).tenants == [a, b])
        try data.removeFiles(of: a)
        #expect(try KeptCommits(in: data.path).tenants == [b])
        #expect(try FileSystem.names(in: kept).contains("tenant_b.10.journal"))
        data.release()
    }
}
