import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("BindingScratch")
struct BindingScratchTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    private func entry(_ number: Int, bytes: Int) -> InboxEntry {
        InboxEntry(
            eventID: "evt_\(number)", type: String(repeating: "t", count: number), object: "pi_\(number)",
            bodyDigest: Array(repeating: UInt8(number), count: 32),
            body: Array(repeating: UInt8(truncatingIfNeeded: number), count: bytes), receivedAt: Fixture.start)
    }

    @Test("what a transaction binds is stored whole, whether it fits the scratch or not")
    func sizes() throws {
        let max = BindingScratch.bytesMax
        let entries = [0, 1, 100, max - 200, max, max + 1, 3 * max].enumerated().map { entry($0, bytes: $1) }
        try tenant.database.transaction { rows throws(StorageError) in
            for entry in entries { _ = try rows.insert(entry) }
        }
        try tenant.database.read { rows throws(StorageError) in
            for entry in entries {
                var stored = try rows.inboxEntry(entry.eventID)
                stored?.arrival = 0
                #expect(stored == entry)
            }
        }
    }

    @Test("a statement's values stay while others are bound, run and reset")
    func nested() throws {
        let database = tenant.database.connection
        let transaction = try tenant.database.begin()
        let outer = try database.statement("scratch outer", "SELECT ?1, ?2 UNION ALL SELECT ?1, ?2")
        outer.reset()
        for round in 0..<3 {
            let outer = try database.statement("scratch outer", "SELECT ?1, ?2 UNION ALL SELECT ?1, ?2")
            outer.bind("outer \(round)")
            outer.bind([UInt8](repeating: 7, count: 5_000))
            #expect(try outer.step())
            for number in 0..<5 {
                let inner = try database.statement("SELECT ?")
                inner.bind([UInt8](repeating: UInt8(number), count: 4_000))
                #expect(try inner.step())
                #expect(inner.bytes() == [UInt8](repeating: UInt8(number), count: 4_000))
                inner.reset()
            }
            #expect(try outer.step())
            #expect(outer.text() == "outer \(round)")
            #expect(outer.bytes() == [UInt8](repeating: 7, count: 5_000))
            outer.reset()
        }
        tenant.database.rollback(transaction)
    }

    @Test("memory is free again when no statement uses it")
    func reuse() throws {
        let scratch = BindingScratch.take()
        defer { BindingScratch.giveBack(scratch) }
        let bytes = [UInt8](repeating: 1, count: BindingScratch.bytesMax / 2)
        scratch.enter()
        scratch.enter()
        #expect(bytes.withUnsafeBytes { scratch.keep($0) } != nil)
        #expect(bytes.withUnsafeBytes { scratch.keep($0) } != nil)
        #expect([UInt8(1)].withUnsafeBytes { scratch.keep($0) } == nil)
        scratch.leave()
        #expect([UInt8(1)].withUnsafeBytes { scratch.keep($0) } == nil)
        scratch.leave()
        scratch.enter()
        #expect(bytes.withUnsafeBytes { scratch.keep($0) } != nil)
        scratch.leave()
    }
}
