import RemitDomain
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("49.00", "usd", 4_900 as Int64), ("49", "USD", 4_900), ("0.01", "eur", 1), ("007.5", "Gbp", 750),
        ("500", "jpy", 500), ("1.234", "kwd", 1_234), ("1.2", "KWD", 1_200), ("9999999999.99", "usd", 999_999_999_999),
        ("1.00", "mga", 100), ("3", "ugx", 3), ("3", "isk", 3),
    ])
    func `parses major units by the currency's exponent`(text: String, currency: String, units: Int64) throws {
        let money = try Money.parse(text, currency)
        #expect(money.minorUnits == units)
        #expect(money.currency.code == currency.lowercased())
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", "1.234", "1.2.3", " 1", "1 ", "0", "0.00", "10000000000.00",
        "99999999999999999999999999", "１",
    ])
    func `refuses what isn't an amount in range and names the field`(text: String) {
        let error = #expect(throws: PaymentError.self) { try Money.parse(text, "usd") }
        #expect(error?.field == "amount")
        #expect(error?.code == .invalidArgument)
        #expect(error?.isSticky == false)
    }

    @Test(arguments: ["", "us", "usdd", "xxx", "btc", "u$d", "US\u{1}", "été"])
    func `refuses what isn't a currency and names the field`(code: String) {
        #expect(Currency(code) == nil)
        let error = #expect(throws: PaymentError.self) { try Money.parse("1", code) }
        #expect(error?.field == "currency")
    }

    @Test(arguments: [
        (4_900 as Int64, Currency.usd, "49.00"), (5, .usd, "0.05"), (0, .usd, "0.00"), (-4_905, .usd, "-49.05"),
        (500, .jpy, "500"), (-1, .jpy, "-1"), (1, .kwd, "0.001"), (.min, .jpy, "-9223372036854775808"),
    ])
    func `writes major units with all decimals`(units: Int64, currency: Currency, text: String) {
        let money = Money(minorUnits: units, currency: currency)
        #expect(money.majorUnits == text)
        #expect(money.description == "\(text) \(currency.code)")
    }

    @Test func `reads what it writes in every currency`() throws {
        for code in Currency.codes {
            let currency = try #require(Currency(code))
            for units: Int64 in [1, 99, 100, 12_345, Money.minorUnitsMax] {
                let money = Money(minorUnits: units, currency: currency)
                #expect(try Money.parse(money.majorUnits, code.uppercased()) == money)
            }
        }
    }

    @Test func `knows every currency once`() {
        #expect(Set(Currency.codes).count == Currency.codes.count)
        #expect(Currency.codes.count == 155)
        #expect(Currency.codes.allSatisfy { Currency($0)?.code == $0 })
        let none = ["bif", "clp", "djf", "gnf", "isk", "jpy", "kmf", "krw", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf"]
        #expect(none.allSatisfy { Currency($0)?.exponent == 0 })
        #expect(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"].allSatisfy { Currency($0)?.exponent == 3 })
        #expect(["usd", "eur", "mga", "huf", "twd"].allSatisfy { Currency($0)?.exponent == 2 })
    }

    @Test func `takes 1 up to the largest amount`() throws {
        try Money(minorUnits: 1, currency: .usd).checkRange()
        try Money(minorUnits: 999_999_999_999, currency: .usd).checkRange()
        for units: Int64 in [0, -1, .min, 1_000_000_000_000, .max] {
            let error = #expect(throws: PaymentError.self) { try Money(minorUnits: units, currency: .usd).checkRange() }
            #expect(error?.field == "amount")
        }
    }
}
