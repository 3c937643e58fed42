import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// When a tenant's connection stands in the way of others that want to cut its WAL.
@Suite struct ReadLockTests {
    private func isBlocked(_ rig: TenantRig) throws -> Bool {
        // Another connection: it has locks of its own, as another process has.
        let other = try Database(path: rig.path)
        defer { other.close() }
        try other.execute("PRAGMA busy_timeout = 0")
        return try other.once("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int64() != 0 } ?? true
    }

    private func written() async throws -> TenantRig {
        let rig = try TenantRig(inMemory: true)
        var verb = CreatePayment(amount: 500)
        verb.orderID = "order_1"
        _ = await rig.call(verb)
        return rig
    }

    @Test func aReadKeepsItsLockForTheNextUntilTheTenantRests() async throws {
        let rig = try await written()
        defer { rig.close() }
        _ = rig.read(.payment(.order("order_1")))
        #expect(try isBlocked(rig))
        try rig.core.rest()
        #expect(try isBlocked(rig) == false)
    }

    @Test func aTurnThatNobodyAskedForKeepsNone() async throws {
        let rig = try await written()
        defer { rig.close() }
        _ = rig.read(.payment(.order("order_1")))
        #expect(try isBlocked(rig))
        _ = rig.core.turn([])
        #expect(try isBlocked(rig) == false)
    }

    @Test func aCheckpointKeepsNone() async throws {
        let rig = try await written()
        defer { rig.close() }
        _ = rig.read(.payment(.order("order_1")))
        rig.database.checkpoint()
        #expect(try isBlocked(rig) == false)
    }
}
