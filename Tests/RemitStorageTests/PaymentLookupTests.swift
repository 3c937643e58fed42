import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Look-ups of many payments")
struct PaymentLookupTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    private func found(
        _ key: String, by column: PaymentLookup.Column, in database: TenantDatabase
    ) throws -> [UInt8]? {
        var bytes: [UInt8] = [0xEE]
        let range = try database.read { rows throws(StorageError) -> Range<Int>? in
            let lookup = try rows.paymentLookup(column)
            let key = Array(key.utf8)
            return try key.withUnsafeBufferPointer { key throws(StorageError) in
                try rows.appendPayment(key, by: lookup, to: &bytes)
            }
        }
        #expect(bytes[0] == 0xEE)
        #expect(bytes.count == range?.upperBound ?? 1)
        return range.map { Array(bytes[$0]) }
    }

    @Test("each column finds the stored message, and nothing under another's key")
    func columns() throws {
        let full = Fixture.fullPayment()
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(full)
            try rows.insert(Fixture.payment("payment_other"))
        }
        let message = TextEncoder.encode(full)
        let keys: [(PaymentLookup.Column, String)] = [
            (.id, full.id.text), (.order, full.orderID ?? ""), (.stripe, full.stripePaymentID ?? ""),
        ]
        for (column, key) in keys {
            #expect(try found(key, by: column, in: tenant.database) == message)
            for (other, wrong) in keys where other != column {
                #expect(try found(wrong, by: column, in: tenant.database) == nil, "\(column) by a key of \(other)")
            }
            #expect(try found("", by: column, in: tenant.database) == nil)
        }
    }

    @Test("a statement without a transaction sees what was committed, and leaves none open")
    func statement() throws {
        let payment = Fixture.fullPayment()
        var found: [Bool] = []
        for round in 0..<2 {
            let rows = try tenant.database.beginStatement()
            let lookup = try rows.paymentLookup(.id)
            var bytes: [UInt8] = []
            let range = try Array(payment.id.text.utf8).withUnsafeBufferPointer { key throws(StorageError) in
                try rows.appendPayment(key, by: lookup, to: &bytes)
            }
            found.append(range != nil)
            #expect(bytes == (range == nil ? [] : TextEncoder.encode(payment)))
            tenant.database.endRead(rows)
            #expect(!tenant.database.connection.isInTransaction)
            guard round == 0 else { continue }
            try tenant.database.transaction { rows throws(StorageError) in try rows.insert(payment) }
        }
        #expect(found == [false, true])
    }

    @Test("payments whose ids share a home are all found, and one that was never stored is not")
    func neighbours() throws {
        let ids: [PaymentID] = (1...4).map { (seed: UInt64) in
            var ids = IdentifierGenerator(clock: ManualClock(Fixture.start), randomness: SeededRandom(seed: seed))
            return ids.next()
        }
        #expect(Set(ids.map { RowPlace.home(of: $0.text) }).count == 1)
        try tenant.database.transaction { rows throws(StorageError) in
            for id in ids.dropLast() { try rows.insert(Fixture.payment(id.text)) }
        }
        for id in ids.dropLast() {
            #expect(
                try found(id.text, by: .id, in: tenant.database) == TextEncoder.encode(Fixture.payment(id.text)))
        }
        #expect(try found(ids[3].text, by: .id, in: tenant.database) == nil)
    }

    @Test("a message of another version is made anew from the columns")
    func olderBytes() throws {
        var payment = Fixture.fullPayment()
        payment.deletedAt = nil
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(payment) }
        tenant.database.close()
        let later = try TenantDatabase.open(path: tenant.path, encoder: LaterEncoder.self)
        #expect(try found(payment.id.text, by: .id, in: later) == LaterEncoder.encode(payment))
        #expect(try found(payment.orderID ?? "", by: .order, in: later) == LaterEncoder.encode(payment))
    }
}
