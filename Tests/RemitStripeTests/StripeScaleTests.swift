import RemitDomain
import RemitStripe
import Testing

@Suite struct StripeScaleTests {
    @Test(
        "converts ISO minor units to Stripe's scale and back",
        arguments: [
            ("usd", 4_900, 4_900), ("jpy", 500, 500), ("kwd", 1_230, 1_230), ("ugx", 7, 700), ("isk", 12, 1_200),
            ("xof", 1, 1), ("mga", 500, 5),
        ])
    func scale(code: String, minor: Int64, stripe: Int64) throws {
        let currency = try #require(Currency(code))
        #expect(try StripeScale.stripeAmount(of: Money(minorUnits: minor, currency: currency)) == stripe)
        #expect(StripeScale.minorUnits(stripeAmount: stripe, in: currency) == minor)
    }

    @Test(
        "refuses what the scale can't express",
        arguments: [("kwd", 1_234), ("mga", 501), ("ugx", Int64.max)] as [(String, Int64)])
    func inexpressible(code: String, minor: Int64) throws {
        let money = Money(minorUnits: minor, currency: try #require(Currency(code)))
        #expect(throws: StripeScale.Inexpressible.self) { try StripeScale.stripeAmount(of: money) }
    }
}
