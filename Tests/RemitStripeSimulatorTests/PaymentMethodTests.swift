import RemitStripe
import RemitStripeSimulator
import Testing

@Suite struct PaymentMethodTests {
    private func customer(_ bench: Bench) async throws -> String {
        try #require(try await bench.call(.post, "/v1/customers").body["id"]?.string)
    }

    private func attach(_ bench: Bench, _ method: String, _ customer: String) async throws -> JSONValue {
        try await bench.call(.post, "/v1/payment_methods/\(method)/attach", ["customer": customer]).body
    }

    private func pay(_ bench: Bench, _ method: String, customer: String) async throws -> Int {
        try await bench.call(
            .post, "/v1/payment_intents",
            [
                "amount": "500", "currency": "usd", "payment_method": method, "customer": customer, "confirm": "true",
                "off_session": "true",
            ]
        ).status
    }

    @Test func aNameBecomesAFreshMethodEachTime() async throws {
        let bench = Bench()
        let owner = try await customer(bench)
        let first = try await attach(bench, "pm_card_visa", owner)["id"]?.string
        let second = try await attach(bench, "pm_card_visa", owner)["id"]?.string
        #expect(first != second && first != "pm_card_visa")
        let listed = try await bench.call(.get, "/v1/customers/\(owner)/payment_methods")
        #expect(listed.body["data"]?.array?.count == 2)
    }

    @Test func aCardPaysOnlyWithItsOwnCustomerAsOftenAsWanted() async throws {
        let bench = Bench()
        let (owner, stranger) = (try await customer(bench), try await customer(bench))
        let card = try #require(try await attach(bench, "pm_card_visa", owner)["id"]?.string)
        #expect(try await pay(bench, card, customer: owner) == 200)
        #expect(try await pay(bench, card, customer: owner) == 200)
        #expect(try await pay(bench, card, customer: stranger) == 400)
        #expect(try await bench.pay(card).status == 400)
    }

    @Test func aDetachedOrUnattachedlyUsedCardIsUsedUp() async throws {
        let bench = Bench()
        let owner = try await customer(bench)
        let card = try #require(try await attach(bench, "pm_card_visa", owner)["id"]?.string)
        #expect(try await bench.call(.post, "/v1/payment_methods/\(card)/detach").status == 200)
        #expect(try await attach(bench, card, owner)["error"] != nil)
        #expect(try await pay(bench, card, customer: owner) == 400)
        let used = try #require(try await bench.pay().body["payment_method"]?.string)
        #expect(try await bench.pay(used).status == 400)
    }

    @Test func aDecliningCardCannotBeAttachedButTheOneThatIsMadeForIt() async throws {
        let bench = Bench()
        let owner = try await customer(bench)
        #expect(try await attach(bench, "pm_card_chargeDeclined", owner)["error"]?["code"] == "card_declined")
        let card = try #require(try await attach(bench, "pm_card_chargeCustomerFail", owner)["id"]?.string)
        #expect(try await pay(bench, card, customer: owner) == 402)
    }
}
