import ArgumentParser

/// `5%`, as a part of the whole.
struct Percentage: ExpressibleByArgument, CustomStringConvertible {
    /// 0.05 for 5 %.
    let part: Double

    /// So many per cent.
    init(_ percent: Double) {
        part = percent / 100
    }

    /// Reads `5%`, `5 %` or `5`; nil for what is below 0 or no number.
    init?(argument: String) {
        var digits = argument[...]
        if digits.last == "%" { digits.removeLast() }
        while digits.last == " " { digits.removeLast() }
        guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
        part = number / 100
    }

    var description: String { NumberText.number(part * 100) + "%" }
}
