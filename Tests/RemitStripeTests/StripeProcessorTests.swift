import RemitDomain
import Testing

@testable import RemitStripe

@Suite struct StripeProcessorTests {
    static let key = StripeSecret("sk_test_4eC39HqLyjWDarjtT1zdp7dc")
    let identity = CallIdentity(
        tenant: TenantID("tenant_1"), operation: OperationID("operation_1"), step: 2, attempt: 3, keyDigest: "d1")

    private func processor(
        _ exchange: CannedExchange = CannedExchange(), gate: SendGate = .open
    ) -> StripeProcessor<CannedExchange, ManualClock> {
        StripeProcessor(
            exchange: exchange, clock: ManualClock(),
            credentials: StripeCredentials(secretKey: Self.key, account: "acct_1"), gate: gate)
    }

    private func payment(_ minor: Int64 = 4_900, _ currency: Currency = .usd) -> Payment {
        var payment = Payment(
            id: PaymentID("payment_1"), amount: Money(minorUnits: minor, currency: currency),
            createdAt: ManualClock().now(), createdBy: PrincipalID("principal_1"))
        payment.orderID = "order-1"
        return payment
    }

    private func body(_ call: PreparedCall) throws -> String {
        try #require(StripeRequest(stored: call.bytes)).body
    }

    @Test func asksForWhatWouldStopACallBeforeAnythingIsWritten() {
        let charge = ProcessorIntent.charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa"))
        let unconfigured = StripeProcessor(exchange: CannedExchange(), clock: ManualClock(), credentials: nil)
        #expect(throws: NotSent.notConfigured) { try unconfigured.prepare(charge, identity) }
        let closed = processor(gate: SendGate { 1_500 })
        #expect(throws: NotSent.unavailable(retryAfterMilliseconds: 1_500)) { try closed.prepare(charge, identity) }
        var foreign = payment()
        foreign.account = "acct_2"
        foreign.stripePaymentID = "pi_1"
        #expect(throws: NotSent.accountChanged) { try processor().prepare(.cancel(foreign), identity) }
        let dinars = ProcessorIntent.charge(payment(1_234, .kwd), terms: ChargeTerms(paymentMethod: "pm_card_visa"))
        #expect(throws: NotSent.invalid(field: "amount", message: "Amounts in kwd must be divisible by 10.")) {
            try processor().prepare(dinars, identity)
        }
        #expect(throws: NotSent.self) { try processor().prepare(.cancel(payment()), identity) }
    }

    @Test func writesAChargeThatRedirectsOnlyWhereItCanReturn() throws {
        var terms = ChargeTerms(paymentMethod: "pm_card_visa", stripeCustomerID: "cus_1", offSession: true)
        let stays = try body(processor().prepare(.charge(payment(), terms: terms), identity))
        #expect(
            stays == "amount=4900&currency=usd&customer=cus_1&payment_method=pm_card_visa&capture_method=automatic"
                + "&confirm=true&off_session=true&automatic_payment_methods[enabled]=true"
                + "&automatic_payment_methods[allow_redirects]=never&metadata[remit_tenant]=tenant_1"
                + "&metadata[remit_id]=payment_1&metadata[remit_operation]=operation_1&metadata[remit_key]=d1"
                + "&metadata[order_id]=order-1")
        terms.returnURL = "https://shop.example/back?a=b"
        let returns = try body(processor().prepare(.charge(payment(), terms: terms), identity))
        #expect(returns.contains("return_url=https%3A%2F%2Fshop.example%2Fback%3Fa%3Db"))
        #expect(!returns.contains("allow_redirects"))
    }

    @Test func sendsTheSavedBytesUnderTheAttemptKey() async throws {
        let exchange = CannedExchange()
        let call = try processor(exchange).prepare(
            .charge(payment(500, .jpy), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity)
        _ = await processor(exchange).send(call)
        let request = try #require(exchange.requests.first)
        #expect(request.idempotencyKey == "remit:tenant_1:operation_1:2:3")
        #expect(request.target == "/v1/payment_intents")
        #expect(request.version == "2026-10-28.endive")
        #expect(String(decoding: request.body, as: UTF8.self) == (try body(call)))
        #expect(!String(decoding: call.bytes, as: UTF8.self).contains("sk_test"))
        #expect(call.account == "acct_1")
        #expect(!call.livemode)
    }

    @Test func neverSendsAnotherAccountsCall() async throws {
        let exchange = CannedExchange()
        var call = try processor(exchange).prepare(
            .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity)
        call.account = "acct_2"
        #expect(await processor(exchange).send(call).word == .credentialsRefused)
        #expect(await processor(exchange).lookUp(call) == .unavailable)
        #expect(exchange.requests.isEmpty)
    }

    @Test(
        "reads each answer's word",
        arguments: [
            (401, [:], [:], .credentialsRefused, false), (403, [:], [:], .credentialsRefused, false),
            (
                409, ["error": ["code": "idempotency_key_in_use", "type": "idempotency_error"]], [:],
                .notExecuted(code: "idempotency_key_in_use"), true
            ),
            (429, ["error": ["code": "lock_timeout"]], [:], .notExecuted(code: "lock_timeout"), false),
            (429, [:], ["Stripe-Should-Retry": "true"], .notExecuted(code: "rate_limit"), true),
            (400, ["error": ["type": "idempotency_error"]], [:], .parameterMismatch, false),
            (
                400,
                [
                    "error": [
                        "type": "invalid_request_error", "code": "amount_too_small", "param": "amount",
                        "message": "Too small.",
                    ]
                ], [:],
                .refused(code: "amount_too_small", param: "amount", message: "Too small.", aboutExistingObject: false),
                false
            ),
            (
                402,
                [
                    "error": [
                        "type": "card_error", "code": "card_declined", "decline_code": "lost_card",
                        "message": "No.",
                    ]
                ], [:],
                .declined(PaymentFailure(code: "card_declined", declineCode: "lost_card", message: "No."), nil), false
            ),
            (500, [:], [:], .noAnswer, true), (503, [:], ["Stripe-Should-Retry": "false"], .noAnswer, false),
            (500, [:], ["Idempotent-Replayed": "true"], .keySpent, true),
            (200, ["object": "unheard_of"], [:], .noAnswer, false),
        ] as [(Int, JSONValue, [String: String], AnswerWord, Bool)])
    func words(status: Int, body: JSONValue, headers: [String: String], word: AnswerWord, mayRetry: Bool) async throws {
        let exchange = CannedExchange(status: status, body, headers: headers)
        let call = try processor().prepare(
            .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa")), identity)
        let answer = await processor(exchange).send(call)
        #expect(answer.word == word)
        #expect(answer.mayRetry == mayRetry)
    }

    @Test func aLookUpBelievesNoListThatItCouldNotReadToItsEnd() async throws {
        let page: JSONValue = ["data": [["id": "pi_1", "object": "payment_intent"]], "has_more": true]
        let response = StripeHTTPResponse(status: 200, headers: [], body: page.serialized())
        let exchange = CannedExchange([.response(response), .failed(.timedOut)])
        let call = try processor().prepare(
            .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa", stripeCustomerID: "cus_1")), identity)
        #expect(await processor(exchange).lookUp(call) == .unavailable)
        #expect(exchange.requests.map(\.method) == [.get, .get])
        let targets = exchange.requests.map(\.target)
        #expect(targets[0].contains("customer=cus_1") && targets[0].contains("created[gte]=1749999400"))
        #expect(targets[1].contains("starting_after=pi_1"))
    }

    @Test func aLookUpGivesUpAfterAHundredPagesRatherThanBelieveThatNothingIsThere() async throws {
        let page: JSONValue = ["data": [["id": "pi_1", "object": "payment_intent"]], "has_more": true]
        let response = StripeHTTPResponse(status: 200, headers: [], body: page.serialized())
        let pagesMax = StripeLookUp<CannedExchange, ManualClock>.pagesMax
        let exchange = CannedExchange(Array(repeating: .response(response), count: pagesMax + 1))
        let call = try processor().prepare(
            .charge(payment(), terms: ChargeTerms(paymentMethod: "pm_card_visa", stripeCustomerID: "cus_1")), identity)
        #expect(await processor(exchange).lookUp(call) == .unavailable)
        #expect(pagesMax == 100 && exchange.requests.count == pagesMax)
    }

    @Test func secretsNeverPrintThemselves() {
        let credentials = StripeCredentials(secretKey: Self.key)
        var text = "\(Self.key) \(String(reflecting: Self.key)) \(String(describing: credentials))"
        dump(credentials, to: &text)
        dump(StripeHTTPRequest(method: .get, target: "/", secretKey: Self.key), to: &text)
        #expect(!text.contains(Self.key.revealed))
        #expect(credentials?.account.hasPrefix("key_") == true)
        #expect(credentials?.livemode == false)
        #expect(StripeCredentials(secretKey: StripeSecret("")) == nil)
        #expect(StripeCredentials(secretKey: StripeSecret("sk_test_a\r\nX: y")) == nil)
        #expect(StripeCredentials(secretKey: StripeSecret("sk_live_a"))?.livemode == true)
    }
}
