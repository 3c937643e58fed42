import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

/// Messages that were read are there again as long as nothing is committed, and never longer.
struct RecentPaymentsTests {
    private let tenant: TestTenant
    private let pool = DescriptorPool(lentMax: 1_000)
    private let database: TenantDatabase
    private let payments = [Fixture.fullPayment("payment_first0"), Fixture.payment("payment_second")]

    init() throws {
        tenant = try TestTenant()
        tenant.database.close()
        database = try TenantDatabase.open(
            path: tenant.path, tenant: Fixture.tenant, encoder: TextEncoder.self, descriptors: pool)
        try database.transaction { [payments] rows throws(StorageError) in
            for payment in payments { try rows.insert(payment) }
        }
    }

    private func withKey<R>(_ id: PaymentID, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try Array(id.text.utf8).withUnsafeBufferPointer(body)
    }

    @discardableResult
    private func read(_ id: PaymentID, beforeEnd: () throws -> Void = {}) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let rows = try database.beginStatement()
        let lookup = try rows.paymentLookup(.id)
        let range = try withKey(id) { try rows.appendPayment($0, by: lookup, to: &bytes) }
        #expect(range != nil)
        try beforeEnd()
        database.endRead(rows)
        return bytes
    }

    /// What is there without a statement.
    private func recent(_ id: PaymentID) -> [UInt8]? {
        guard let recent = database.recentPayments else { return nil }
        var bytes: [UInt8] = [0xEE]
        return withKey(id) { key in
            let range = recent.append(key, to: &bytes)
            #expect(recent.contains(key) == (range != nil))
            #expect(bytes.count == range?.upperBound ?? 1)
            return range.map { Array(bytes[$0]) }
        }
    }

    @Test("a payment that was read is there again, and no other is")
    func again() throws {
        #expect(database.recentPayments == nil)
        for (count, payment) in payments.enumerated() {
            #expect(recent(payment.id) == nil)
            #expect(try read(payment.id) == TextEncoder.encode(payment))
            for known in payments[...count] { #expect(recent(known.id) == TextEncoder.encode(known)) }
        }
        #expect(recent(PaymentID("payment_third0")) == nil)
        // Nothing but their ends are compared first.
        #expect(recent(PaymentID("other_payment_second")) == nil)
        #expect(recent(PaymentID("")) == nil)
    }

    @Test("any commit makes them void, of this connection or of another", arguments: [false, true])
    func commits(others: Bool) throws {
        let other = try Database(path: tenant.path)
        defer { other.close() }
        let id = payments[0].id
        for round in 1...3 {
            try read(id)
            #expect(recent(id) != nil)
            let sql = "UPDATE payment SET blob = CAST('round \(round)' AS BLOB) WHERE id = '\(id.text)'"
            let connection = others ? other : database.connection
            try connection.write { () throws(StorageError) in try connection.execute(sql) }
            #expect(recent(id) == nil)
            #expect(try read(id) == Array("round \(round)".utf8))
            #expect(recent(id) == Array("round \(round)".utf8))
        }
    }

    @Test("what was read before somebody committed isn't kept, whenever its transaction ends")
    func readMeanwhile() throws {
        let other = try Database(path: tenant.path)
        defer { other.close() }
        try read(payments[0].id)
        try read(payments[1].id) {
            try other.write { () throws(StorageError) in try other.execute("UPDATE payment SET amount = 1") }
        }
        for payment in payments { #expect(recent(payment.id) == nil) }
        try read(payments[1].id)
        #expect(recent(payments[1].id) != nil)
        #expect(recent(payments[0].id) == nil)
    }

    @Test("what a transaction that is rolled back would have written changes nothing")
    func rollback() throws {
        try read(payments[0].id)
        let rows = try database.begin()
        try database.connection.execute("UPDATE payment SET blob = x'00'")
        database.rollback(rows)
        #expect(recent(payments[0].id) == TextEncoder.encode(payments[0]))
    }

    @Test("nothing is there while the descriptors are parked, and they stay parked for the question")
    func parked() throws {
        try read(payments[0].id)
        _ = pool.park(atMost: 1_000)
        let open = ParkedFile.open(tenant.path)
        #expect(recent(payments[0].id) == nil)
        #expect(ParkedFile.open(tenant.path) == open)
        try read(payments[1].id)
        #expect(ParkedFile.open(tenant.path).count > open.count)
        for payment in payments { #expect(recent(payment.id) == TextEncoder.encode(payment)) }
    }

    @Test("a wal-index that others have made anew makes them void, whatever its header")
    func anew() throws {
        try read(payments[0].id)
        let before = try #require(database.connection.committed)
        #expect(database.connection.isCommitted(before))
        _ = pool.park(atMost: 1_000)
        let index = try #require(FileHandle(forUpdatingAtPath: tenant.path + "-shm"))
        try index.truncate(atOffset: 3)
        try index.close()
        let other = try Database(path: tenant.path)
        #expect(try other.once("SELECT count(*) FROM payment") { $0.int64() } == 2)
        other.close()
        try read(payments[1].id)
        #expect(recent(payments[0].id) == nil)
        #expect(recent(payments[1].id) == TextEncoder.encode(payments[1]))
        let after = try #require(database.connection.committed)
        #expect(after.generation != before.generation)
        #expect(!database.connection.isCommitted(CommittedState(header: after.header, generation: before.generation)))
    }

    @Test("beyond so many, or so many bytes, it begins anew; what is too large for it isn't kept")
    func limits() throws {
        let recent = RecentPayments()
        let state = try #require(database.connection.committed)
        func add(_ name: String, bytes: Int) {
            recent.begin(state, isSame: recent.certainState != nil)
            Array(name.utf8).withUnsafeBufferPointer { recent.add($0, [UInt8](repeating: 7, count: bytes)[...]) }
            recent.end(isSame: true)
        }
        func has(_ name: String) -> Bool { Array(name.utf8).withUnsafeBufferPointer { recent.contains($0) } }
        for number in 0..<RecentPayments.countMax { add("payment-\(number)", bytes: 10) }
        add("payment-0", bytes: 10)
        for number in 0..<RecentPayments.countMax { #expect(has("payment-\(number)")) }
        add("payment-more", bytes: 10)
        #expect(has("payment-more") && !has("payment-0"))
        add("payment-vast", bytes: RecentPayments.bytesMax - 11)
        #expect(!has("payment-vast") && has("payment-more"))
        add("payment-wide", bytes: RecentPayments.bytesMax - 12)
        #expect(has("payment-wide") && !has("payment-more"))
        recent.rest()
        #expect(recent.certainState == nil && !has("payment-wide"))
    }

    @Test("what was read in a transaction that never ended as it should isn't there, and doesn't stay")
    func uncertain() throws {
        let recent = RecentPayments()
        let state = try #require(database.connection.committed)
        let key = Array("payment-1".utf8)
        recent.begin(state, isSame: false)
        key.withUnsafeBufferPointer { recent.add($0, [1]) }
        #expect(recent.certainState == nil)
        #expect(!key.withUnsafeBufferPointer { recent.contains($0) })
        recent.begin(state, isSame: false)
        recent.end(isSame: true)
        #expect(recent.certainState == nil)
        // Where nobody can see what is committed nothing is kept.
        recent.begin(nil, isSame: false)
        key.withUnsafeBufferPointer { recent.add($0, [1]) }
        recent.end(isSame: true)
        #expect(recent.certainState == nil)
    }

    @Test("a tenant that rests has none")
    func rest() throws {
        try read(payments[0].id)
        database.rest()
        #expect(database.recentPayments == nil)
        #expect(try read(payments[0].id) == TextEncoder.encode(payments[0]))
    }
}
