import RemitAPI
import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import Testing

@Suite struct PaymentStoryTests {
    private func process(
        _ order: String = "order-1", amount: Int64 = 5_000, method: String = "pm_card_visa", manual: Bool = false
    ) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: amount, paymentMethod: method)
        verb.offSession = true
        verb.captureMethod = manual ? .manual : .automatic
        return verb
    }

    @Test(arguments: [false, true])
    func `needs no GET for a process, a capture and a refund, whether webhooks follow or overtake the answers`(
        webhooksOvertake: Bool
    ) async throws {
        let rig = try TenantRig()
        rig.webhooksOvertake = webhooksOvertake
        let processed = try await rig.call(process(manual: true), key: "k1").payment()
        #expect(processed.stage == .authorized)
        #expect(processed.amountCapturable == 5_000)
        var capture = CapturePayment(payment: PaymentID(processed.id))
        capture.amount = 4_000
        let captured = try await rig.call(capture, key: "k2").payment()
        #expect(captured.stage == .captured)
        #expect(captured.status == .succeeded)
        #expect(captured.amountCaptured == 4_000)
        var refund = RefundPayment(payment: PaymentID(processed.id))
        refund.amount = 2_000
        let refunded = try await rig.call(refund, key: "k3").refund()
        #expect(refunded.status == .succeeded)
        await rig.settle(forMilliseconds: 60_000)
        let payment = try rig.read(.payment(.order("order-1"))).payment()
        #expect(payment.status == .partiallyRefunded)
        #expect(payment.amountRefunded == 2_000)
        let books = rig.books.summary()
        #expect(books.amountCaptured == 4_000)
        #expect(books.amountRefunded == 2_000)
        #expect(rig.core.isBusy == false)
        #expect(rig.askedCount == 0)
    }

    @Test func `webhooks wait for the answer of a call that is under way, but not for long`() async throws {
        let rig = try TenantRig()
        let caller = rig.submit(process(), key: "k1")
        rig.turn()
        await rig.perform()
        let answer = rig.entries
        rig.entries = []
        rig.deliverWebhooks()
        #expect(!rig.entries.isEmpty)
        rig.turn()
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .new)
        rig.clock.set(rig.clock.now() + (Payment.refetchDelayMilliseconds - 1))
        rig.turn()
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .new)
        rig.clock.set(rig.clock.now() + 1)
        rig.turn()
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage != .new)
        rig.entries = answer
        await rig.settle(forMilliseconds: 60_000)
        #expect(try caller.payment().stage == .captured)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func `webhooks that waited for an answer don't put off the GET that the answer asks for`() async throws {
        let rig = try TenantRig()
        rig.webhooksOvertake = true
        rig.books.inject(ScriptedFault(.timeoutAfter))
        let start = rig.clock.now()
        let caller = rig.submit(process(), key: "k1")
        await rig.settle()
        while caller.reply == nil, let due = rig.core.nextDue {
            rig.clock.set(max(due, rig.clock.now()))
            await rig.settle()
        }
        #expect(try caller.payment().stage == .captured)
        // The resend, half a second later at most, is answered from the past: its GET comes 5 s after that.
        #expect(rig.clock.now() - start <= Payment.refetchDelayMilliseconds + 500)
        #expect(rig.askedCount == 1)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    /// How an operation may end with no answer to judge webhooks by.
    enum EmptyEnd: CaseIterable {
        /// Its budget is over, and the outcome unknown.
        case unknown
        case refused
        /// Nothing was executed.
        case withoutEffect
        /// The process ends.
        case crash
    }

    @Test(arguments: EmptyEnd.allCases)
    func `webhooks that waited for an answer wait no longer once none is to come`(end: EmptyEnd) async throws {
        let rig = try TenantRig()
        let caller = rig.submit(process(), key: "k1")
        rig.turn()
        guard case .send(let operation, _) = try #require(rig.work.first) else { return }
        await rig.perform()
        rig.entries = []
        if end == .unknown { rig.clock.advance(milliseconds: Operation.budgetMilliseconds - 1) }
        rig.deliverWebhooks()
        rig.turn()
        let waiting = { try rig.database.read { rows throws(StorageError) in try rows.inboxDepth() } }
        #expect(try waiting() == 3, "they wait for the answer")
        switch end {
        case .unknown: rig.clock.advance(milliseconds: 1)
        case .refused:
            let word = AnswerWord.refused(
                code: "parameter_missing", param: nil, message: "Gone.", aboutExistingObject: false)
            rig.entries = [.answered(operation, Answer(word, date: nil, mayRetry: false))]
        case .withoutEffect: rig.entries = [.answered(operation, Answer(.credentialsRefused, date: nil))]
        case .crash: try rig.crash()
        }
        rig.turn()
        if end != .crash { #expect(caller.refusal != nil) }
        #expect(try waiting() == 0, "they are judged in the moment that the call ends")
        await rig.settle(forMilliseconds: 60_000)
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .captured)
    }

    @Test func `a GET that was under way while an event applied is repeated, and changes nothing`() async throws {
        let rig = try TenantRig()
        var verb = process(method: "pm_card_authenticationRequired", manual: true)
        verb.offSession = false
        verb.returnURL = "https://example.com/back"
        let payment = try await rig.call(verb, key: "k").payment()
        #expect(payment.stage == .requiresAction)
        let intent = payment.stripePaymentId
        rig.clock.advance(milliseconds: 10_000)
        try rig.database.transaction { tx throws(StorageError) in
            try tx.scheduleFetch(of: .paymentIntent(intent), at: rig.clock.now(), reason: "test")
        }
        // What is due was written past the core: it learns of it as it opens.
        try rig.crash()
        rig.turn()
        await rig.perform()
        let stale = rig.entries
        rig.entries = []
        _ = try rig.books.perform(.authenticate(intent: intent, succeeds: true), account: TenantRig.account)
        // Without those of its charge, this event is surely newer than all that is known.
        let events = rig.books.takeDeliveries()
        rig.deliver(try #require(events.first { $0.type == "payment_intent.amount_capturable_updated" }))
        rig.turn()
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .authorized)
        rig.entries = stale
        rig.turn()
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .authorized)
        await rig.settle(forMilliseconds: Payment.refetchDelayMilliseconds)
        #expect(rig.askedCount == 2)
        #expect(try rig.read(.payment(.order("order-1"))).payment().stage == .authorized)
        #expect(rig.core.nextDue == nil)
    }

    @Test func `an event whose payment never comes is given up after 24 h`() async throws {
        let elsewhere = try TenantRig()
        elsewhere.deliversWebhooks = false
        _ = try await elsewhere.call(process(), key: "k").payment()
        let rig = try TenantRig()
        let event = try #require(elsewhere.books.takeDeliveries().first)
        rig.deliver(event)
        func state() throws -> InboxEntry.State? {
            try rig.database.read { rows throws(StorageError) in try rows.inboxEntry(event.eventID)?.state }
        }
        await rig.settle(forMilliseconds: 24 * 3_600_000 - 1)
        #expect(try state() == .parked && rig.core.nextDue != nil)
        await rig.settle(forMilliseconds: 3_600_000)
        #expect(try state() == .dead && rig.core.nextDue == nil)
        #expect(rig.askedCount == 0)
    }

    @Test func aDeclineIsAResult() async throws {
        let rig = try TenantRig()
        let payment = try await rig.call(process(method: "pm_card_chargeDeclined")).payment()
        #expect(payment.status == .failed)
        #expect(payment.stage == .declined)
        #expect(payment.failure?.code == "card_declined")
    }

    @Test func theSameKeyGetsTheStoredReply() async throws {
        let rig = try TenantRig()
        let first = await rig.call(process(), key: "k")
        let again = await rig.call(process(), key: "k")
        #expect(first.message != nil)
        #expect(first.message == again.message)
        #expect(again.isReplayed)
        #expect(rig.books.summary().intents.count == 1)
    }

    @Test func manyCallsWithOneOrderMakeOneCharge() async throws {
        let rig = try TenantRig()
        let callers = (0..<1_000).map { rig.submit(process(), key: "k\($0)") }
        await rig.settle()
        let messages = Set(callers.compactMap(\.message))
        #expect(messages.count == 1)
        #expect(callers.allSatisfy { $0.replyCount == 1 })
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func refundsNeverExceedTheCapture() async throws {
        let rig = try TenantRig()
        let payment = try await rig.call(process()).payment()
        let callers = (0..<100).map { index in
            var refund = RefundPayment(payment: PaymentID(payment.id))
            refund.amount = 70
            return rig.submit(refund, key: "r\(index)")
        }
        await rig.settle()
        #expect(callers.count { $0.message != nil } == 71)
        #expect(callers.count { $0.refusal?.reason == "amount_out_of_range" } == 29)
        #expect(rig.books.summary().amountRefunded == 71 * 70)
    }

    @Test func aLostAnswerIsFoundByTheCompleter() async throws {
        let rig = try TenantRig()
        for _ in 0..<3 { rig.books.inject(ScriptedFault(.timeoutAfter)) }
        let caller = rig.submit(process(), key: "k")
        await rig.settle(forMilliseconds: 40_000)
        #expect(caller.refusal?.outcome == .unknown)
        await rig.settle(forMilliseconds: 600_000)
        let payment = try rig.read(.payment(.order("order-1"))).payment()
        #expect(payment.stage == .captured)
        #expect(rig.books.summary().paidCharges.count == 1)
        let again = await rig.call(process(), key: "k")
        #expect(try again.payment().stage == .captured)
    }

    @Test func aCrashAfterTheSendIsFinishedByRecovery() async throws {
        let rig = try TenantRig()
        rig.submit(process(), key: "k")
        rig.turn()
        #expect(rig.work.count == 1)
        await rig.perform()
        try rig.crash()
        await rig.settle(forMilliseconds: 600_000)
        let payment = try rig.read(.payment(.order("order-1"))).payment()
        #expect(payment.stage == .captured)
        #expect(rig.books.summary().paidCharges.count == 1)
    }

    @Test func aCustomerIsVisibleOnlyWhenTheProcessorHasIt() async throws {
        let rig = try TenantRig()
        let caller = rig.submit(CreateCustomer(name: "Ada", email: "ada@example.com"), key: "c")
        rig.turn()
        #expect(rig.newestSequence == 0)
        await rig.settle()
        let customer = try caller.customer()
        #expect(customer.stripeCustomerId.hasPrefix("cus_"))
        #expect(rig.newestSequence == 1)
        #expect(try rig.read(.customer(.id(CustomerID(customer.id)))).customer() == customer)
    }
}
