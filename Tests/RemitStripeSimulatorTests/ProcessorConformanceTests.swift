import RemitDomain
import RemitStripe
import RemitStripeSimulator
import Testing

/// What the tenant relies on, alike in the process and over HTTP.
@Suite struct ProcessorConformanceTests {
    static let now = Timestamp(seconds: 1_750_000_000)

    private func payment(_ minor: Int64 = 4_900, id: String = "payment_1") -> Payment {
        var payment = Payment(
            id: PaymentID(id), amount: Money(minorUnits: minor, currency: .usd), createdAt: Self.now,
            createdBy: PrincipalID("principal_1"))
        payment.orderID = "order-1"
        return payment
    }

    private func identity(_ operation: String, attempt: Int = 1) -> CallIdentity {
        CallIdentity(
            tenant: TenantID("tenant_1"), operation: OperationID(operation), step: 1, attempt: attempt,
            keyDigest: "digest")
    }

    private func paid(_ answer: Answer) throws -> PaymentSnapshot {
        guard case .fact(.payment(let snapshot)) = answer.word else {
            Issue.record("Not a payment: \(answer.word)")
            throw UnexpectedAnswer()
        }
        return snapshot
    }

    struct UnexpectedAnswer: Error {}

    @Test(arguments: Fidelity.allCases)
    func chargesOnceHoweverOftenTheSameBytesAreSent(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, books in
            let call = try processor.prepare(
                .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity("operation_1"))
            #expect(call.attemptKey == "remit:tenant_1:operation_1:1:1")
            let first = await processor.send(call)
            let snapshot = try paid(first)
            #expect(snapshot.stage == .captured)
            #expect(snapshot.amountCaptured == 4_900)
            #expect(snapshot.origin.entity == "payment_1")
            #expect(snapshot.origin.operation == "operation_1")
            #expect(snapshot.origin.key == "digest")
            #expect(snapshot.origin.orderID == "order-1")
            #expect(!first.replayed)
            #expect(first.date != nil)
            #expect(first.requestID?.hasPrefix("req_") == true)
            let second = await processor.send(call)
            #expect(second.word == first.word)
            #expect(second.replayed)
            #expect(books.summary().charges.count == 1)
        }
    }

    @Test(arguments: Fidelity.allCases)
    func holdsCapturesAndRefunds(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, books in
            var payment = payment()
            let terms = ChargeTerms(paymentMethod: "pm_card_visa", captureMethod: .manual)
            let held = try paid(
                await processor.send(try processor.prepare(.charge(payment, terms: terms), identity("operation_1"))))
            #expect(held.stage == .authorized)
            #expect(held.amountCapturable == 4_900)
            payment.stripePaymentID = held.stripePaymentID
            let captured = try paid(
                await processor.send(
                    try processor.prepare(.capture(payment, amount: 3_000), identity("operation_2"))))
            #expect(captured.stage == .captured)
            #expect(captured.amountCaptured == 3_000)
            var refund = Refund(
                id: RefundID("refund_1"), payment: payment.id, amount: Money(minorUnits: 1_000, currency: .usd),
                createdAt: Self.now, createdBy: payment.createdBy)
            refund.reason = .duplicate
            let refundCall = try processor.prepare(.refund(refund, of: payment), identity("operation_3"))
            let answer = await processor.send(refundCall)
            guard case .fact(.refund(let snapshot)) = answer.word else { throw UnexpectedAnswer() }
            #expect(snapshot.status == .succeeded)
            #expect(snapshot.reason == .duplicate)
            #expect(snapshot.origin.entity == "refund_1")
            guard case .found(.refund(snapshot), _) = await processor.lookUp(refundCall) else {
                throw UnexpectedAnswer()
            }
            guard case .found(.charge(let charge), _) = await processor.fetch(.charge(captured.latestChargeID ?? ""))
            else { throw UnexpectedAnswer() }
            #expect(charge.amountRefunded == 1_000)
            #expect(charge.amountCaptured == 3_000)
            #expect(books.summary().amountRefunded == 1_000)
        }
    }

    @Test(arguments: Fidelity.allCases)
    func tellsADeclineWithItsIntentAndConfirmsTheSameOneAgain(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, books in
            var payment = payment()
            let answer = await processor.send(
                try processor.prepare(
                    .charge(payment, terms: ChargeTerms(paymentMethod: "pm_card_chargeDeclinedInsufficientFunds")),
                    identity("operation_1")))
            guard case .declined(let failure, let snapshot?) = answer.word else { throw UnexpectedAnswer() }
            #expect(failure.code == "card_declined")
            #expect(failure.declineCode == "insufficient_funds")
            #expect(snapshot.stage == .declined)
            #expect(!answer.mayRetry)
            payment.stripePaymentID = snapshot.stripePaymentID
            payment.stripeChargeID = snapshot.latestChargeID
            payment.stage = .declined
            let confirm = try processor.prepare(
                .confirm(payment, terms: ChargeTerms(paymentMethod: "pm_card_visa")),
                identity("operation_2", attempt: 2))
            guard case .nothing = await processor.lookUp(confirm) else { throw UnexpectedAnswer() }
            #expect(try paid(await processor.send(confirm)).stage == .captured)
            guard case .found = await processor.lookUp(confirm) else { throw UnexpectedAnswer() }
            #expect(books.summary().liveIntents(remitID: "payment_1").count == 1)
        }
    }

    @Test(arguments: Fidelity.allCases)
    func findsByListingWhatACallOfUnknownOutcomeMade(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, books in
            let call = try processor.prepare(
                .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity("operation_1"))
            guard case .nothing = await processor.lookUp(call) else { throw UnexpectedAnswer() }
            for fault in [SimulatorFault.timeoutAfter, .timeoutBefore, .resetBefore, .serverErrorBefore] {
                books.inject(ScriptedFault(fault, pathPrefix: "/v1/payment_intents"))
                let answer = await processor.send(call)
                #expect(answer.word == .noAnswer)
                #expect(answer.mayRetry)
            }
            guard case .found(.payment(let found), _) = await processor.lookUp(call) else { throw UnexpectedAnswer() }
            #expect(found.stage == .captured)
            let replay = await processor.send(call)
            #expect(try paid(replay) == found)
            #expect(replay.replayed)
            #expect(books.summary().charges.count == 1)
        }
    }

    @Test(
        "each fault becomes its word",
        arguments: Fidelity.allCases,
        [
            (.rateLimited, .notExecuted(code: "rate_limit"), false),
            (.lockTimeout, .notExecuted(code: "lock_timeout"), true),
            (.keyInUse, .notExecuted(code: "idempotency_key_in_use"), true), (.resetAfter, .noAnswer, true),
            (.serverErrorFinal, .noAnswer, false), (.serverErrorAfter, .noAnswer, true),
        ] as [(SimulatorFault, AnswerWord, Bool)])
    func faults(_ fidelity: Fidelity, _ row: (fault: SimulatorFault, word: AnswerWord, mayRetry: Bool)) async throws {
        try await fidelity.run { processor, books in
            let call = try processor.prepare(
                .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity("operation_1"))
            books.inject(ScriptedFault(row.fault))
            let answer = await processor.send(call)
            #expect(answer.word == row.word)
            #expect(answer.mayRetry == row.mayRetry)
        }
    }

    @Test(arguments: Fidelity.allCases, [SimulatorFault.serverErrorAfter, .serverErrorKept])
    func aReplayed500SpendsTheKey(_ fidelity: Fidelity, _ fault: SimulatorFault) async throws {
        try await fidelity.run { processor, books in
            let call = try processor.prepare(
                .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity("operation_1"))
            books.inject(ScriptedFault(fault))
            #expect(await processor.send(call).word == .noAnswer)
            #expect(await processor.send(call).word == .keySpent)
            #expect(books.summary().charges.count == (fault == .serverErrorAfter ? 1 : 0))
        }
    }

    @Test(arguments: Fidelity.allCases)
    func aKeyWithOtherBytesIsAnAlarm(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, _ in
            let terms = ChargeTerms(paymentMethod: "pm_card_visa")
            let first = try processor.prepare(.charge(payment(), terms: terms), identity("operation_1"))
            let other = try processor.prepare(.charge(payment(5_000), terms: terms), identity("operation_1"))
            _ = try paid(await processor.send(first))
            #expect(await processor.send(other).word == .parameterMismatch)
        }
    }

    @Test(arguments: Fidelity.allCases)
    func aRefusalAboutTheObjectsStateSaysSo(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, _ in
            var payment = payment()
            let charged = try paid(
                await processor.send(
                    try processor.prepare(
                        .charge(payment, terms: ChargeTerms(paymentMethod: "pm_card_visa")),
                        identity("operation_1"))))
            payment.stripePaymentID = charged.stripePaymentID
            let answer = await processor.send(try processor.prepare(.cancel(payment), identity("operation_2")))
            guard case .refused(let code, _, _, aboutExistingObject: true) = answer.word else {
                throw UnexpectedAnswer()
            }
            #expect(code == "payment_intent_unexpected_state")
            let unknown = await processor.send(
                try processor.prepare(
                    .charge(payment, terms: ChargeTerms(paymentMethod: "pm_card_nope")), identity("operation_3")))
            guard case .refused("resource_missing", "payment_method", _, aboutExistingObject: false) = unknown.word
            else { throw UnexpectedAnswer() }
        }
    }

    @Test(arguments: Fidelity.allCases)
    func aRevokedKeyIsRefusedAndReadsNothing(_ fidelity: Fidelity) async throws {
        let key = StripeSecret("sk_test_revoked")
        try await fidelity.run(key: key) { processor, books in
            books.with { $0.revoke(key: key) }
            let call = try processor.prepare(
                .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity("operation_1"))
            #expect(await processor.send(call).word == .credentialsRefused)
            #expect(await processor.lookUp(call) == .unavailable)
            #expect(await processor.fetch(.paymentIntent("pi_1")) == .unavailable)
        }
    }

    @Test(arguments: Fidelity.allCases)
    func mirrorsACustomerAndFindsIt(_ fidelity: Fidelity) async throws {
        try await fidelity.run { processor, books in
            let customer = Customer(
                id: CustomerID("customer_1"), name: "Ada & Co", email: "ada+1@example.com", createdAt: Self.now,
                createdBy: PrincipalID("principal_1"))
            let call = try processor.prepare(.createCustomer(customer), identity("operation_1"))
            guard case .fact(.customer(let snapshot)) = await processor.send(call).word,
                case .found(.customer(snapshot), _) = await processor.lookUp(call)
            else { throw UnexpectedAnswer() }
            #expect(snapshot.origin.entity == "customer_1")
            let account = Simulator.ownAccountID(ofKey: "sk_test_conformance")
            try books.perform(.deleteCustomer(snapshot.stripeCustomerID), account: account)
            guard case .found(.customer(let deleted), _) = await processor.fetch(.customer(snapshot.stripeCustomerID))
            else { throw UnexpectedAnswer() }
            #expect(deleted.deleted)
            #expect(await processor.fetch(.customer("cus_unknown")) == .missing)
        }
    }
}
