import Foundation

/// Numbers as people read them: three digits that count, thousands apart, units that fit.
enum NumberText {
    /// Three significant digits; all of them for whole numbers below a thousand.
    static func number(_ value: Double) -> String {
        let size = abs(value)
        guard size.isFinite, size < 1e15 else { return "\(value)" }
        guard size != size.rounded() || size >= 1_000 else { return whole(value) }
        // By the value as it will be shown: 999.7 has four digits before the point.
        if size >= 999.5 {
            let unit = pow(10, (log10(size) + 1e-12).rounded(.down) - 2)
            return whole((value / unit).rounded() * unit)
        }
        let decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3
        return String(format: "%.\(decimals)f", value)
    }

    /// With its unit: µs become ms where they are many, KiB become MiB.
    static func value(_ value: Double, unit: String) -> String {
        switch unit {
        case "1": value == value.rounded() && abs(value) < 1e15 ? whole(value) : number(value)
        case "1/s": number(value) + "/s"
        case "×": number(value) + "×"
        case "%": number(value) + " %"
        default: scaled(value, unit)
        }
    }

    /// A median with how far its runs lie apart; the median alone where they don't.
    static func spread(_ spread: Spread, unit: String) -> String {
        guard spread.low != spread.high else { return value(spread.median, unit: unit) }
        return
            "\(value(spread.median, unit: unit)) (\(value(spread.low, unit: unit))–\(value(spread.high, unit: unit)))"
    }

    private static let steps: [(from: String, factor: Double, to: String)] = [
        ("ns", 1_000, "µs"), ("µs", 1_000, "ms"), ("ms", 1_000, "s"), ("B", 1_024, "KiB"), ("KiB", 1_024, "MiB"),
        ("MiB", 1_024, "GiB"),
    ]

    private static func scaled(_ value: Double, _ unit: String) -> String {
        var value = value
        var unit = unit
        for step in steps where step.from == unit && abs(value) >= step.factor {
            value /= step.factor
            unit = step.to
        }
        return "\(number(value)) \(unit)"
    }

    private static func whole(_ value: Double) -> String {
        let digits = String(format: "%.0f", abs(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return value <= -0.5 ? "-" + text : text
    }
}
