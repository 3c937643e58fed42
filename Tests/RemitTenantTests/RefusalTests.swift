import Foundation
import RemitAPI
import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import Testing

/// What a tenant refuses, and what it keeps to itself.
@Suite struct RefusalTests {
    private func process(_ order: String = "order-1", manual: Bool = false) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: 5_000, paymentMethod: "pm_card_visa")
        verb.offSession = true
        verb.captureMethod = manual ? .manual : .automatic
        return verb
    }

    @Test func aKeyWithAnotherRequestNamesTheField() async throws {
        let rig = try TenantRig()
        let digests = [FieldDigest(field: "order_id", digest: 1), FieldDigest(field: "amount", digest: 2)]
        _ = try await rig.call(process(), key: "k", digests: digests).payment()
        let others = [FieldDigest(field: "order_id", digest: 1), FieldDigest(field: "amount", digest: 3)]
        let refused = await rig.call(process(), key: "k", digests: others)
        #expect(refused.refusal?.reason == "idempotency_mismatch")
        #expect(refused.refusal?.field == "amount")
        // The stored reply stays.
        #expect(await rig.call(process(), key: "k", digests: digests).isReplayed)
    }

    @Test func aLockIsWaitedForTenSeconds() async throws {
        let rig = try TenantRig()
        let held = try await rig.call(process(manual: true)).payment()
        var capture = CapturePayment(payment: PaymentID(held.id))
        capture.amount = 1_000
        let first = rig.submit(capture, key: "c1")
        rig.turn()
        let second = rig.submit(capture, key: "c2")
        rig.turn()
        rig.clock.advance(milliseconds: 9_999)
        rig.turn()
        #expect(second.replyCount == 0)
        rig.clock.advance(milliseconds: 1)
        rig.turn()
        #expect(second.refusal?.reason == "lock_contention")
        #expect(second.refusal?.notProcessed == true)
        await rig.settle()
        #expect(try first.payment().amountCaptured == 1_000)
    }

    @Test func tooManyRunningCallsAreRefusedUnprocessed() async throws {
        var settings = TenantSettings()
        settings.runningMax = 3
        let rig = try TenantRig(settings: settings)
        let callers = (0..<5).map { rig.submit(process("order-\($0)"), key: "k\($0)") }
        await rig.settle()
        #expect(callers.count { $0.message != nil } == 3)
        for caller in callers where caller.message == nil {
            #expect(caller.refusal?.code == .resourceExhausted)
            #expect(caller.refusal?.reason == "tenant_busy")
            #expect(caller.refusal?.notProcessed == true)
        }
        #expect(rig.books.summary().paidCharges.count == 3)
        // Nothing of them was written: the same keys run now.
        #expect(await rig.call(process("order-4"), key: "k4").message != nil)
    }

    @Test func tooManyWaitingCallsAreRefusedUnprocessed() async throws {
        var settings = TenantSettings()
        settings.waitingMax = 2
        let rig = try TenantRig(settings: settings)
        let callers = (0..<5).map { rig.submit(process(), key: "k\($0)") }
        await rig.settle()
        #expect(callers.count { $0.message != nil } == 3)
        #expect(callers.count { $0.refusal?.reason == "tenant_busy" } == 2)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func joinsOfOneKeyAreBoundToo() async throws {
        var settings = TenantSettings()
        settings.waitingMax = 2
        let rig = try TenantRig(settings: settings)
        let callers = (0..<5).map { _ in rig.submit(process(), key: "k") }
        await rig.settle()
        #expect(callers.count { $0.message != nil } == 3)
        #expect(callers.count { $0.refusal?.reason == "tenant_busy" } == 2)
    }

    @Test func withoutAKeyNothingIsWritten() async throws {
        let rig = try TenantRig(hasKey: false)
        let refused = await rig.call(process(), key: "k")
        #expect(refused.refusal?.reason == "stripe_not_configured")
        #expect(rig.newestSequence == 0)
        #expect(rig.read(.payment(.order("order-1"))).refusal?.code == .notFound)
        #expect(rig.read(.operation(.key("k", Fixture.principal))).refusal?.code == .notFound)
        #expect(
            await rig.call(CreateCustomer(name: "Ada", email: "a@example.com")).refusal?.reason
                == "stripe_not_configured")
    }

    @Test func aPaymentWithoutStripeIsCapturedAndRefundedHere() async throws {
        let rig = try TenantRig(hasKey: false)
        let created = try await rig.call(CreatePayment(amount: 900), key: "a").payment()
        let id = PaymentID(created.id)
        let captured = try await rig.call(CapturePayment(payment: id), key: "b").payment()
        #expect(captured.status == .succeeded)
        #expect(captured.amountCaptured == 900)
        var refund = RefundPayment(payment: id)
        refund.amount = 300
        #expect(try await rig.call(refund, key: "c").refund().status == .succeeded)
        #expect(try rig.read(.payment(.id(id))).payment().status == .partiallyRefunded)
        #expect(await rig.call(refund, key: "c").isReplayed)
        refund.amount = 601
        #expect(await rig.call(refund, key: "d").refusal?.reason == "amount_out_of_range")
    }

    @Test func nobodyElsesSecretIsInTheFile() async throws {
        let rig = try TenantRig()
        var verb = ProcessPayment(orderID: "order-1", amount: 5_000, paymentMethod: "pm_card_authenticationRequired")
        verb.returnURL = "https://shop.example.com/back"
        let caller = await rig.call(verb, key: "k")
        #expect(try caller.payment().stage == .requiresAction)
        let url = try #require(caller.nextActionURL)
        // A replay and a joined call get it too; the entity's message never holds it.
        #expect(await rig.call(verb, key: "k").nextActionURL == url)
        rig.core.close()
        let file = try [rig.path, rig.path + "-wal"].reduce(into: Data()) { all, path in
            if let bytes = FileManager.default.contents(atPath: path) { all.append(bytes) }
            if path == rig.path { try #require(!all.isEmpty) }
        }
        for secret in [url, "hooks.stripe.com", "client_secret", "_secret", TenantRig.secretKey, "billing_details"] {
            #expect(file.range(of: Data(secret.utf8)) == nil, "\(secret) is in the file")
        }
    }

    @Test func whoAuthenticatesPays() async throws {
        let rig = try TenantRig()
        var verb = ProcessPayment(orderID: "order-1", amount: 5_000, paymentMethod: "pm_card_authenticationRequired")
        verb.returnURL = "https://shop.example.com/back"
        let asked = try await rig.call(verb, key: "k").payment()
        #expect(asked.status == .pending)
        rig.clock.advance(milliseconds: 30_000)
        try rig.books.perform(.authenticate(intent: asked.stripePaymentId, succeeds: true), account: TenantRig.account)
        await rig.settle(forMilliseconds: 60_000)
        let row = try rig.read(.payment(.order("order-1"))).payment()
        #expect(row.stage == .captured)
        let replayed = await rig.call(verb, key: "k")
        #expect(replayed.nextActionURL == nil)
        let sealed = try rig.database.read { rows throws(StorageError) in
            try rows.sealedNextAction(of: PaymentID(row.id))
        }
        #expect(sealed == nil)
    }
}
