/// The currencies that the simulator charges in, and their scales; written down apart from the adapter's own table.
enum StripeCurrencies {
    static let offered: Set<String> = twoDecimal.union(zeroDecimal).union(hundredthsOfWhole).union(threeDecimal)

    static let twoDecimal: Set<String> = [
        "usd", "eur", "gbp", "chf", "cad", "aud", "nzd", "sek", "nok", "dkk", "pln", "czk", "huf", "ron", "bgn", "brl",
        "mxn", "inr", "sgd", "hkd", "thb", "zar", "aed", "ils", "try", "twd", "php", "idr", "myr", "ars", "cop", "pen",
        "uah", "kes", "ngn", "egp", "mad", "sar", "qar",
    ]
    static let zeroDecimal: Set<String> = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
    ]
    static let hundredthsOfWhole: Set<String> = ["isk", "ugx"]
    static let threeDecimal: Set<String> = ["bhd", "jod", "kwd", "omr", "tnd"]
}
