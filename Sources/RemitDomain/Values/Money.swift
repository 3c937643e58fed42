/// An amount in minor units of a currency. No floating point anywhere.
package struct Money: Hashable, Sendable {
    /// Minor units by ISO 4217's exponent.
    package var minorUnits: Int64
    package var currency: Currency

    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}
