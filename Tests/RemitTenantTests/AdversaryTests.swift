import Foundation
import RemitAPI
import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import Testing

/// What peers' bugs suggest, one by one.
@Suite struct AdversaryTests {
    private func process(
        _ order: String = "order-1", amount: Int64 = 5_000, method: String = "pm_card_visa", manual: Bool = false
    ) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: amount, paymentMethod: method)
        verb.offSession = true
        verb.captureMethod = manual ? .manual : .automatic
        return verb
    }

    private func refund(_ payment: RemitAPI.Payment, _ amount: Int64? = nil) -> RefundPayment {
        var verb = RefundPayment(payment: PaymentID(payment.id))
        verb.amount = amount
        return verb
    }

    private func payment(_ rig: TenantRig, order: String = "order-1") throws -> RemitAPI.Payment {
        try rig.read(.payment(.order(order))).payment()
    }

    // MARK: - Answers

    @Test func aReplyLostAfterSuccessIsFoundByTheSameKey() async throws {
        let rig = try TenantRig()
        rig.submit(process(), key: "k")
        await rig.settle()
        // The reply left and never arrived; the process ended as well.
        try rig.crash()
        let again = await rig.call(process(), key: "k")
        #expect(try again.payment().stage == .captured)
        #expect(again.isReplayed)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func anAnswerLostAfterTheEffectIsResentUnderTheSameKey() async throws {
        let rig = try TenantRig()
        rig.books.inject(ScriptedFault(.resetAfter))
        let caller = rig.submit(process(), key: "k")
        await rig.settle(forMilliseconds: 20_000)
        #expect(try caller.payment().stage == .captured)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func aWebhookBeforeTheResponseChangesNothingForTheCaller() async throws {
        let rig = try TenantRig()
        rig.deliversWebhooks = false
        let caller = rig.submit(process(), key: "k")
        rig.turn()
        await rig.perform()
        let answer = rig.entries
        rig.entries = []
        rig.deliverWebhooks()
        rig.turn()
        #expect(caller.replyCount == 0)
        rig.entries += answer
        await rig.settle(forMilliseconds: 60_000)
        #expect(caller.replyCount == 1)
        #expect(try caller.payment().stage == .captured)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    // MARK: - Refunds

    @Test func ofTwoConcurrentFullRefundsOneIsMade() async throws {
        let rig = try TenantRig()
        let paid = try await rig.call(process()).payment()
        let first = rig.submit(refund(paid), key: "r1")
        let second = rig.submit(refund(paid), key: "r2")
        await rig.settle(forMilliseconds: 60_000)
        #expect(try first.refund().amount == 5_000)
        #expect(second.refusal?.reason == "nothing_to_refund")
        #expect(second.refusal?.outcome == OperationOutcome.none)
        #expect(rig.books.summary().amountRefunded == 5_000)
    }

    @Test func partialRefundsAddUpToTheWhole() async throws {
        let rig = try TenantRig()
        let paid = try await rig.call(process()).payment()
        _ = try await rig.call(refund(paid, 2_000)).refund()
        #expect(try payment(rig).status == .partiallyRefunded)
        let rest = try await rig.call(refund(paid)).refund()
        #expect(rest.amount == 3_000)
        #expect(try payment(rig).status == .refunded)
        let more = await rig.call(refund(paid, 1))
        #expect(more.refusal?.reason == "amount_out_of_range")
        #expect(more.refusal?.field == "amount")
    }

    @Test func aRefundThatFailsAfterItSucceededIsTakenBack() async throws {
        let rig = try TenantRig()
        let paid = try await rig.call(process(method: "pm_card_refundFail")).payment()
        let refunded = try await rig.call(refund(paid)).refund()
        #expect(refunded.status == .succeeded)
        #expect(try payment(rig).status == .refunded)
        await rig.settle(forMilliseconds: 10_000)
        await rig.settle(forMilliseconds: 60_000)
        #expect(try rig.read(.refund(RefundID(refunded.id))).refund().status == .failed)
        let row = try payment(rig)
        #expect(row.status == .succeeded)
        #expect(row.amountRefunded == 0)
        let again = try await rig.call(refund(paid, 1_000)).refund()
        #expect(again.amount == 1_000)
    }

    @Test func aRefundMadeOnTheDashboardIsAdoptedByAGet() async throws {
        let rig = try TenantRig()
        let paid = try await rig.call(process()).payment()
        let account = try #require(rig.books.summary().intents.first?.account)
        try rig.books.perform(.refund(intent: paid.stripePaymentId, amount: 1_500), account: account)
        await rig.settle(forMilliseconds: 60_000)
        let row = try payment(rig)
        #expect(row.status == .partiallyRefunded)
        #expect(row.amountRefunded == 1_500)
        #expect(row.hold.isEmpty)
        // What is left is all that can be refunded now.
        #expect(await rig.call(refund(paid, 3_501)).refusal?.reason == "amount_out_of_range")
    }

    // MARK: - Other hands

    @Test func anIntentCanceledElsewhereEndsItsPayment() async throws {
        let rig = try TenantRig()
        let held = try await rig.call(process(manual: true)).payment()
        let account = try #require(rig.books.summary().intents.first?.account)
        rig.clock.advance(milliseconds: 10_000)
        try rig.books.perform(.cancel(intent: held.stripePaymentId), account: account)
        await rig.settle(forMilliseconds: 60_000)
        let row = try payment(rig)
        #expect(row.stage == .canceled)
        #expect(row.status == .failed)
        let capture = await rig.call(CapturePayment(payment: PaymentID(row.id)))
        #expect(capture.refusal?.reason == "wrong_stage")
    }

    @Test func aDeclineIsFollowedByASuccessOnTheSameIntent() async throws {
        let rig = try TenantRig()
        let declined = try await rig.call(process(method: "pm_card_chargeDeclined"), key: "k1").payment()
        #expect(declined.status == .failed)
        let paid = try await rig.call(process(), key: "k2").payment()
        #expect(paid.stage == .captured)
        #expect(paid.attempt == 2)
        #expect(paid.stripePaymentId == declined.stripePaymentId)
        // The first key still tells of the first attempt.
        #expect(try await rig.call(process(method: "pm_card_chargeDeclined"), key: "k1").payment() == declined)
        await rig.settle(forMilliseconds: 60_000)
        #expect(try payment(rig).stage == .captured)
        #expect(rig.books.summary().intents.count == 1)
    }

    @Test func eachOrderOfAStorysEventsEndsAlike() async throws {
        var ends: Set<String> = []
        for order in Self.permutations(Array(0..<4)) {
            let rig = try TenantRig(inMemory: true)
            rig.deliversWebhooks = false
            let held = try await rig.call(process(manual: true)).payment()
            var capture = CapturePayment(payment: PaymentID(held.id))
            capture.amount = 4_000
            _ = try await rig.call(capture).payment()
            let deliveries = rig.books.takeDeliveries().suffix(4).map { $0 }
            try #require(deliveries.count == 4)
            for index in order {
                rig.deliver(deliveries[index])
                rig.deliver(deliveries[index])
            }
            await rig.settle(forMilliseconds: 60_000)
            let row = try payment(rig)
            ends.insert("\(row.stage) \(row.status) \(row.amountCaptured) \(row.amountCapturable) \(row.version)")
            rig.core.close()
        }
        #expect(ends.count == 1, "\(ends)")
    }

    private static func permutations(_ elements: [Int]) -> [[Int]] {
        guard let first = elements.first else { return [[]] }
        return permutations(Array(elements.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }

    @Test func anOrphanWebhookIsParkedAndFound() async throws {
        let rig = try TenantRig()
        rig.deliversWebhooks = false
        rig.submit(CreateCustomer(name: "Ada", email: "ada@example.com"), key: "c")
        rig.turn()
        await rig.perform()
        let answer = rig.entries
        let made = try #require(rig.books.summary().customers.first)
        let account = TenantRig.account
        try rig.books.perform(.deleteCustomer(made.id), account: account)
        rig.entries = []
        rig.deliverWebhooks()
        rig.turn()
        #expect(try rig.database.read { rows throws(StorageError) in try rows.inboxDepth() } > 0)
        rig.entries += answer
        await rig.settle()
        #expect(try rig.database.read { rows throws(StorageError) in try rows.inboxDepth() } == 0)
        let customer = try rig.database.read { rows throws(StorageError) in try rows.customer(stripe: made.id) }
        #expect(customer?.deletedAt != nil)
    }
}
