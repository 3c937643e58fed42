import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct DeclineTests {
    @Test(
        "a declining card answers 402 and leaves an intent that can be paid otherwise",
        arguments: [
            ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", nil),
        ] as [(String, String, String?)])
    func declines(card: String, code: String, declineCode: String?) async throws {
        let bench = Bench()
        let declined = try await bench.pay(card)
        #expect(declined.status == 402)
        let error = try #require(declined.body["error"])
        #expect(error["type"] == "card_error")
        #expect(error["code"]?.string == code)
        #expect(error["decline_code"]?.string == declineCode)
        #expect(error["payment_intent"]?["status"] == "requires_payment_method")
        let id = try #require(error["payment_intent"]?["id"]?.string)
        let charge = try #require(error["charge"]?.string)
        #expect(try await bench.call(.get, "/v1/charges/\(charge)").body["status"] == "failed")

        let paid = try await bench.call(.post, "/v1/payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
        #expect(paid.body["status"] == "succeeded")
        #expect(paid.body["last_payment_error"] == .null)
        #expect(bench.books.summary().charges.map(\.paid) == [false, true])
    }

    @Test func aCardThatAsksForAuthenticationDeclinesOffSession() async throws {
        let bench = Bench()
        let created = try await bench.call(
            .post, "/v1/payment_intents",
            [
                "amount": "4900", "currency": "usd", "payment_method": "pm_card_authenticationRequired",
                "confirm": "true", "off_session": "true",
            ])
        #expect(created.status == 402)
        #expect(created.body["error"]?["code"] == "authentication_required")
    }

    @Test(arguments: [true, false])
    func aCardThatAsksForAuthenticationWaitsForTheCustomer(succeeds: Bool) async throws {
        let bench = Bench()
        let created = try await bench.call(
            .post, "/v1/payment_intents",
            [
                "amount": "4900", "currency": "usd", "payment_method": "pm_card_authenticationRequired",
                "confirm": "true", "return_url": "https://shop.example/back",
            ])
        #expect(created.body["status"] == "requires_action")
        #expect(created.body["next_action"]?["redirect_to_url"]?["return_url"] == "https://shop.example/back")
        let id = try #require(created.body["id"]?.string)
        try bench.books.perform(.authenticate(intent: id, succeeds: succeeds), account: bench.account)
        let intent = try await bench.call(.get, "/v1/payment_intents/\(id)").body
        #expect(intent["status"]?.string == (succeeds ? "succeeded" : "requires_payment_method"))
        #expect(intent["next_action"] == .null)
        let code = intent["last_payment_error"]?["code"]?.string
        #expect(code == (succeeds ? nil : "payment_intent_authentication_failure"))
    }

    @Test func confirmingWithoutAReturnURLIsRefusedUnlessNothingRedirects() async throws {
        let bench = Bench()
        let fields: KeyValuePairs = [
            "amount": "4900", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true",
        ]
        let refused = try await bench.call(.post, "/v1/payment_intents", fields)
        #expect(refused.status == 400)
        #expect(bench.books.summary().intents.isEmpty)
        #expect(try await bench.pay().status == 200)
    }
}
