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
