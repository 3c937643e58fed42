/// An ISO 4217 currency that is in use.
package struct Currency: Hashable, Sendable {
    /// Three lower-case letters, first letter highest, and below them the exponent.
    private let packed: UInt32

    private init(packed: UInt32) {
        self.packed = packed
    }

    /// Reads a code in any case; nil for what isn't the code of a currency in use.
    package init?(_ text: String) {
        var text = text
        let letters = text.withUTF8 { bytes -> UInt32? in
            guard bytes.count == 3 else { return nil }
            return bytes.reduce(0) { $0 << 8 | UInt32($1 | 0x20) }
        }
        guard let letters, let exponent = Self.exponents[letters] else { return nil }
        packed = letters << 8 | exponent
    }

    /// Three lower-case letters.
    package var code: String {
        String(unsafeUninitializedCapacity: 3) { bytes in
            bytes[0] = UInt8(truncatingIfNeeded: packed >> 24)
            bytes[1] = UInt8(truncatingIfNeeded: packed >> 16)
            bytes[2] = UInt8(truncatingIfNeeded: packed >> 8)
            return 3
        }
    }

    /// How many digits ISO 4217 gives the minor unit: 0, 2 or 3.
    ///
    /// Stripe's own scale may differ.
    package var exponent: Int { Int(packed & 0xFF) }

    /// Every code in use, lower-case, sorted.
    package static let codes: [String] = (twoDigits + " " + noDigits + " " + threeDigits).split(separator: " ")
        .map(String.init).sorted()

    package static let usd = known("usd")
    package static let eur = known("eur")
    package static let gbp = known("gbp")
    package static let jpy = known("jpy")
    package static let kwd = known("kwd")

    private static func known(_ code: String) -> Currency {
        guard let currency = Currency(code) else { preconditionFailure("\(code) is missing in the table.") }
        return currency
    }

    private static let exponents: [UInt32: UInt32] = {
        var table: [UInt32: UInt32] = [:]
        for (codes, exponent) in [(noDigits, 0), (twoDigits, 2), (threeDigits, 3)] {
            for code in codes.split(separator: " ") {
                table[code.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = UInt32(exponent)
            }
        }
        return table
    }()

    // ISO 4217's list of national currencies as of 2026, without funds, metals, testing codes and accounting units.
    private static let noDigits = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf"
    private static let threeDigits = "bhd iqd jod kwd lyd omr tnd"
    private static let twoDigits = """
        aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf cny cop crc \
        cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr \
        jmd kes kgs khr kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad \
        ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn \
        svc syp szl thb tjs tmt top try ttd twd tzs uah usd uyu uzs ved ves wst xcd xcg yer zar zmw zwg
        """
}
