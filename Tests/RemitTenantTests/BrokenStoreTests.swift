import RemitAPI
import RemitDomain
import RemitTenant
import RemitTesting
import Testing

@testable import RemitStorage

/// What callers are told when a tenant's store fails under them.
struct BrokenStoreTests {
    private func process(_ order: String, manual: Bool = false) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: 5_000, paymentMethod: "pm_card_visa")
        verb.captureMethod = manual ? .manual : .automatic
        return verb
    }

    /// One turn that must break; its answers are delivered.
    private func breakingTurn(_ rig: TenantRig) {
        let entries = rig.entries
        rig.entries = []
        let turn = rig.core.turn(entries)
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        guard case .broken = turn.next else {
            Issue.record("the store didn't break")
            return
        }
    }

    private func expectNothingDone(_ caller: TestCaller) {
        #expect(caller.refusal?.reason == "storage_unavailable")
        #expect(caller.refusal?.outcome == OperationOutcome.none)
        #expect(caller.refusal?.notProcessed == true)
    }

    @Test("a transaction that can't begin has done nothing: all who wait are told so")
    func begin() throws {
        let rig = try TenantRig()
        let callers = [rig.submit(process("a"), key: "a"), rig.submit(CreatePayment(amount: 100))]
        try rig.database.connection.execute("PRAGMA query_only = ON")
        breakingTurn(rig)
        for caller in callers { expectNothingDone(caller) }
        try rig.crash()
        #expect(rig.submit(process("a"), key: "a").replyCount == 0)
        rig.turn()
        #expect(rig.work.count == 1, "the key is free")
    }

    @Test("after a failed commit its own callers may be written, those behind it and those who wait for a lock aren't")
    func commit() async throws {
        var settings = TenantSettings()
        settings.membersPerTurnMax = 2
        let rig = try TenantRig(settings: settings)
        let held = try await rig.call(process("held", manual: true)).payment()
        var capture = CapturePayment(payment: PaymentID(held.id))
        capture.amount = 1_000
        let leader = rig.submit(capture, key: "c1")
        rig.turn()
        let waiting = rig.submit(capture, key: "c2")
        rig.turn()
        let first = rig.submit(process("a"), key: "a")
        let second = rig.submit(CreatePayment(amount: 100))
        let behind = rig.submit(process("b"), key: "b")
        rig.database.beforeCommit = { () throws(StorageError) in
            throw StorageError(.io, message: "The disk is gone.")
        }
        breakingTurn(rig)
        for caller in [first, second] {
            #expect(caller.refusal?.reason == "commit_failed")
            #expect(caller.refusal?.outcome == .unknown)
        }
        for caller in [behind, waiting] { expectNothingDone(caller) }
        #expect(leader.refusal?.outcome == .unknown, "it was sent")
    }
}
