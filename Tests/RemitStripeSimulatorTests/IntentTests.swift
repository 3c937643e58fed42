import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct IntentTests {
    @Test func anAuthorizationLapsesAfterSevenDays() async throws {
        let bench = Bench()
        let id = try #require(try await bench.pay(manual: true).body["id"]?.string)
        _ = bench.books.takeDeliveries()
        bench.books.advance(milliseconds: 7 * 86_400_000 - 1)
        #expect(bench.books.takeDeliveries().isEmpty)
        bench.books.advance(milliseconds: 1)
        #expect(bench.books.takeDeliveries().map(\.type) == ["charge.expired", "payment_intent.canceled"])
        let intent = try await bench.call(.get, "/v1/payment_intents/\(id)", ["expand[]": "latest_charge"]).body
        #expect(intent["status"] == "canceled")
        #expect(intent["cancellation_reason"] == "automatic")
        #expect(intent["latest_charge"]?["amount_captured"] == 0)
        #expect(intent["latest_charge"]?["amount_refunded"] == 0)
    }

    @Test func aCaptureTakesAtMostWhatIsHeldAndOnlyOnce() async throws {
        let bench = Bench()
        let id = try #require(try await bench.pay(amount: 1_000, manual: true).body["id"]?.string)
        let path = "/v1/payment_intents/\(id)/capture"
        let tooMuch = try await bench.call(.post, path, ["amount_to_capture": "1001"])
        #expect(tooMuch.body["error"]?["code"] == "amount_too_large")
        let captured = try await bench.call(.post, path, ["amount_to_capture": "600"])
        #expect(captured.body["amount_received"] == 600)
        #expect(captured.body["amount_capturable"] == 0)
        let again = try await bench.call(.post, path)
        #expect(again.body["error"]?["code"] == "payment_intent_unexpected_state")
        bench.books.advance(milliseconds: 8 * 86_400_000)
        #expect(bench.books.summary().intents.map(\.status) == ["succeeded"])
    }

    @Test func whatWasCanceledStaysSo() async throws {
        let bench = Bench()
        let id = try #require(try await bench.pay(manual: true).body["id"]?.string)
        let canceled = try await bench.call(
            .post, "/v1/payment_intents/\(id)/cancel", ["cancellation_reason": "abandoned"])
        #expect(canceled.body["status"] == "canceled")
        for verb in ["confirm", "capture", "cancel"] {
            #expect(try await bench.call(.post, "/v1/payment_intents/\(id)/\(verb)").status == 400)
        }
        #expect(bench.books.summary().liveIntents(remitID: "payment_1").isEmpty)
    }

    @Test(
        "amounts have Stripe's scale and bounds",
        arguments: [
            ("49", "usd", "amount_too_small"), ("0", "usd", "parameter_invalid_integer"),
            ("-5", "usd", "parameter_invalid_integer"), ("1.5", "usd", "parameter_invalid_integer"),
            ("100000000", "usd", "amount_too_large"), ("1001", "kwd", nil), ("150", "ugx", nil), ("500", "xxx", nil),
        ] as [(String, String, String?)])
    func amounts(amount: String, currency: String, code: String?) async throws {
        let bench = Bench()
        let refused = try await bench.call(.post, "/v1/payment_intents", ["amount": amount, "currency": currency])
        #expect(refused.status == 400)
        #expect(refused.body["error"]?["code"]?.string == code)
    }

    @Test func actsMadeElsewhereMoveTheBooksAndTellOfIt() async throws {
        let bench = Bench()
        let id = try #require(try await bench.pay(manual: true).body["id"]?.string)
        _ = bench.books.takeDeliveries()
        try bench.books.perform(.capture(intent: id, amount: nil), account: bench.account)
        try bench.books.perform(.refund(intent: id, amount: 100), account: bench.account)
        let deliveries = bench.books.takeDeliveries()
        #expect(
            deliveries.map(\.type) == [
                "charge.captured", "payment_intent.succeeded", "refund.created", "charge.refunded",
            ])
        let event = try JSONValue(parsing: try #require(deliveries.last).body)
        #expect(event["request"]?["idempotency_key"] == .null)
        #expect(event["data"]?["previous_attributes"]?["amount_refunded"] == 0)
        #expect(throws: StripeFailure.self) {
            try bench.books.perform(.cancel(intent: id), account: bench.account)
        }
    }

    /// A payment that waits for its customer's answer; nothing is on its way.
    private func askCustomer(_ bench: Bench, manual: Bool) async throws -> String {
        let asked = try await bench.pay("pm_card_authenticationRequired", manual: manual).body
        #expect(asked["status"] == "requires_action")
        _ = bench.books.takeDeliveries()
        return try #require(asked["id"]?.string)
    }

    private func intent(_ bench: Bench, _ id: String) async throws -> JSONValue {
        try await bench.call(.get, "/v1/payment_intents/\(id)").body
    }

    @Test("a bank that takes its time leaves the intent processing, with nothing captured and no charge")
    func processing() async throws {
        let bench = Bench()
        let id = try await askCustomer(bench, manual: false)
        try bench.books.perform(.process(intent: id), account: bench.account)
        #expect(bench.books.takeDeliveries().map(\.type) == ["payment_intent.processing"])
        let intent = try await intent(bench, id)
        #expect(intent["status"] == "processing")
        #expect(intent["next_action"] == .null)
        #expect(intent["latest_charge"] == .null)
        #expect(intent["amount_received"] == 0)
        for verb in ["confirm", "capture"] {
            let refused = try await bench.call(.post, "/v1/payment_intents/\(id)/\(verb)")
            #expect(refused.body["error"]?["code"] == "payment_intent_unexpected_state", "\(verb)")
        }
    }

    @Test("the bank's yes charges what was processing, captured at once or held", arguments: [false, true])
    func settledWell(manual: Bool) async throws {
        let bench = Bench()
        let id = try await askCustomer(bench, manual: manual)
        try bench.books.perform(.process(intent: id), account: bench.account)
        _ = bench.books.takeDeliveries()
        try bench.books.perform(.settle(intent: id, succeeds: true), account: bench.account)
        let news = manual ? "payment_intent.amount_capturable_updated" : "payment_intent.succeeded"
        #expect(bench.books.takeDeliveries().map(\.type) == ["charge.succeeded", news])
        let intent = try await intent(bench, id)
        #expect(intent["status"]?.string == (manual ? "requires_capture" : "succeeded"))
        #expect(intent["amount_received"] == (manual ? 0 : 4_900))
        #expect(intent["amount_capturable"] == (manual ? 4_900 : 0))
        #expect(bench.books.summary().paidCharges.map(\.intent) == [id])
    }

    @Test("the bank's no leaves no charge, and an intent that another method may pay")
    func settledBadly() async throws {
        let bench = Bench()
        let id = try await askCustomer(bench, manual: false)
        try bench.books.perform(.process(intent: id), account: bench.account)
        _ = bench.books.takeDeliveries()
        try bench.books.perform(.settle(intent: id, succeeds: false), account: bench.account)
        #expect(bench.books.takeDeliveries().map(\.type) == ["payment_intent.payment_failed"])
        let failed = try await intent(bench, id)
        #expect(failed["status"] == "requires_payment_method")
        #expect(failed["last_payment_error"]?["code"] == "payment_intent_payment_attempt_failed")
        #expect(failed["payment_method"] == .null)
        #expect(bench.books.summary().paidCharges.isEmpty)
        let paid = try await bench.call(
            .post, "/v1/payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
        #expect(paid.body["status"] == "succeeded")
        #expect(paid.body["last_payment_error"] == .null)
    }

    @Test("a customer that confirms elsewhere is asked where it can be, and declined else", arguments: [true, false])
    func confirmedElsewhere(isThere: Bool) async throws {
        let bench = Bench()
        let id = try await askCustomer(bench, manual: false)
        try bench.books.perform(.process(intent: id), account: bench.account)
        try bench.books.perform(.settle(intent: id, succeeds: false), account: bench.account)
        let act = ForeignAct.confirm(
            intent: id, paymentMethod: "pm_card_authenticationRequired",
            returnURL: isThere ? "https://shop.example.com/back" : nil)
        if isThere {
            try bench.books.perform(act, account: bench.account)
        } else {
            #expect(throws: StripeFailure.self) { try bench.books.perform(act, account: bench.account) }
        }
        let status = try await intent(bench, id)["status"]
        #expect(status?.string == (isThere ? "requires_action" : "requires_payment_method"))
    }

    @Test("nothing is processed that no customer was asked about, and nothing settled that isn't processing")
    func unsuited() async throws {
        let bench = Bench()
        let id = try await askCustomer(bench, manual: false)
        let perform = { (act: ForeignAct) in _ = try bench.books.perform(act, account: bench.account) }
        #expect(throws: StripeFailure.self) { try perform(.settle(intent: id, succeeds: true)) }
        try perform(.process(intent: id))
        _ = bench.books.takeDeliveries()
        #expect(throws: StripeFailure.self) { try perform(.process(intent: id)) }
        #expect(throws: StripeFailure.self) { try perform(.authenticate(intent: id, succeeds: true)) }
        try perform(.settle(intent: id, succeeds: true))
        #expect(throws: StripeFailure.self) { try perform(.settle(intent: id, succeeds: false)) }
        #expect(throws: StripeFailure.self) { try perform(.process(intent: "pi_none")) }
        #expect(bench.books.takeDeliveries().count == 2, "what is refused tells nobody")
        #expect(bench.books.summary().paidCharges.count == 1)
    }

    @Test func equalSeedsAndRequestsMakeEqualBooks() async throws {
        let (first, second) = (Bench(), Bench())
        for bench in [first, second] {
            _ = try await bench.pay()
            _ = try await bench.pay("pm_card_chargeDeclined")
        }
        #expect(first.books.summary() == second.books.summary())
        #expect(first.books.takeDeliveries() == second.books.takeDeliveries())
    }
}
