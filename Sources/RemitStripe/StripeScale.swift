package import RemitDomain

/// Stripe's own scale of amounts, which differs from ISO 4217's for some currencies.
///
/// The conversion happens here and nowhere else. Source: docs.stripe.com/currencies.
package enum StripeScale {
    /// Sent in whole units.
    static let zeroDecimal: Set<String> = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
    ]
    /// Without decimals in ISO 4217, but sent in hundredths, of which only whole units are accepted.
    static let hundredthsOfWhole: Set<String> = ["isk", "ugx"]
    /// Sent in thousandths, of which the last digit must be 0.
    static let threeDecimal: Set<String> = ["bhd", "jod", "kwd", "omr", "tnd"]

    /// An amount that Stripe's scale can't express.
    package struct Inexpressible: Error, Hashable, Sendable {
        package var message: String
    }

    /// The amount as Stripe wants it.
    package static func stripeAmount(of money: Money) throws(Inexpressible) -> Int64 {
        let code = money.currency.code
        let minor = money.minorUnits
        if threeDecimal.contains(code), minor % 10 != 0 {
            throw Inexpressible(message: "Amounts in \(code) must be divisible by 10.")
        }
        let ours = money.currency.exponent
        let theirs = exponent(of: money.currency)
        if ours > theirs {
            let divisor = power(ours - theirs)
            guard minor % divisor == 0 else {
                throw Inexpressible(message: "Amounts in \(code) must be divisible by \(divisor).")
            }
            return minor / divisor
        }
        let (product, overflow) = minor.multipliedReportingOverflow(by: power(theirs - ours))
        guard !overflow else { throw Inexpressible(message: "The amount is too large.") }
        return product
    }

    /// An amount of Stripe's in minor units of ISO 4217; fractions of them, which Stripe never sends, are cut off.
    package static func minorUnits(stripeAmount: Int64, in currency: Currency) -> Int64 {
        let ours = currency.exponent
        let theirs = exponent(of: currency)
        guard ours > theirs else { return stripeAmount / power(theirs - ours) }
        return stripeAmount.multipliedReportingOverflow(by: power(ours - theirs)).partialValue
    }

    /// The decimals that Stripe counts in; those of ISO 4217 for currencies of which Stripe says nothing else.
    static func exponent(of currency: Currency) -> Int {
        let code = currency.code
        if zeroDecimal.contains(code) { return 0 }
        if hundredthsOfWhole.contains(code) { return 2 }
        if threeDecimal.contains(code) { return 3 }
        return currency.exponent
    }

    private static func power(_ exponent: Int) -> Int64 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }
}
