/// An amount in minor units of a currency.
///
/// No floating point anywhere.
package struct Money: Hashable, Sendable {
    /// Minor units by ISO 4217's exponent.
    package var minorUnits: Int64
    package var currency: Currency

    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// The largest amount of one payment or refund: Stripe takes 8 digits for most currencies and 12 for some.
    package static let minorUnitsMax: Int64 = 999_999_999_999

    /// Reads major units, such as `49.00` or `49`, with at most as many decimals as the currency has.
    ///
    /// Digits and one point only: no sign, no grouping, no exponent. The errors name `amount` or `currency`.
    package static func parse(_ text: String, _ currency: String) throws(PaymentError) -> Money {
        guard let known = Currency(currency) else {
            throw .invalid("currency", "Give an ISO 4217 code that is in use, such as usd.")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || (parts.count == 2 && !decimals.isEmpty),
            (whole + decimals).utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { throw .invalid("amount", "Give an amount as digits with a decimal point, such as 49.00.") }
        guard decimals.utf8.count <= known.exponent else {
            throw .invalid("amount", "Give at most \(known.exponent) decimals for \(known.code).")
        }
        let digits = whole + decimals + String(repeating: "0", count: known.exponent - decimals.utf8.count)
        guard let units = Int64(digits) else { throw .amountOutOfRange(Self.rangeText) }
        let money = Money(minorUnits: units, currency: known)
        try money.checkRange()
        return money
    }

    /// Throws INVALID_ARGUMENT unless the amount is 1 … ``minorUnitsMax``.
    package func checkRange() throws(PaymentError) {
        guard minorUnits >= 1, minorUnits <= Self.minorUnitsMax else { throw .amountOutOfRange(Self.rangeText) }
    }

    /// Major units with all decimals of the currency, such as `49.00`; the code isn't in it.
    package var majorUnits: String {
        let exponent = currency.exponent
        let digits = String(minorUnits.magnitude)
        let sign = minorUnits < 0 ? "-" : ""
        guard exponent > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.utf8.count)) + digits
        return "\(sign)\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }

    private static let rangeText = "Give 1 … 999,999,999,999 minor units."
}

extension Money: CustomStringConvertible {
    /// Such as `49.00 usd`.
    package var description: String { "\(majorUnits) \(currency.code)" }
}
