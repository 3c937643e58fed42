import Foundation

/// Where values lie between the ends of a chart, in per cent of its length.
struct Axis: Hashable, Sendable {
    let low: Double
    let high: Double
    /// Equal factors are equally long; `low` is above 0 then.
    let isLogarithmic: Bool

    /// From `low` to `high`; a length of nothing is made one.
    init(linear low: Double, _ high: Double) {
        self.low = low
        self.high = high > low ? high : low + 1
        isLogarithmic = false
    }

    /// By factors; both ends above 0.
    init(logarithmic low: Double, _ high: Double) {
        precondition(low > 0, "A logarithm needs a number above 0.")
        self.low = low
        self.high = high > low ? high : low * 10
        isLogarithmic = true
    }

    /// For values of which each matters: logarithmic when they lie further apart than a line could show.
    init(showing values: [Double]) {
        let high = values.max() ?? 1
        let positive = values.filter { $0 > 0 }
        if let low = positive.min(), positive.count == values.count, high / low > 100 {
            self.init(logarithmic: pow(10, log10(low).rounded(.down)), pow(10, log10(high).rounded(.up)))
        } else {
            let low = min(0, values.min() ?? 0)
            self.init(linear: low, high > low ? Self.roundUp(high) : low + 1)
        }
    }

    /// 0 to 100; what lies beyond an end is put there.
    func position(_ value: Double) -> Double {
        let part: Double
        if isLogarithmic {
            guard value > low else { return 0 }
            part = (log(value) - log(low)) / (log(high) - log(low))
        } else {
            part = (value - low) / (high - low)
        }
        return max(0, min(1, part)) * 100
    }

    /// Round values to draw lines at, both ends included where they are round.
    var ticks: [Double] {
        if isLogarithmic { return logarithmicTicks }
        let step = Self.roundStep(high - low)
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 100 else { return [low, high] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    private var logarithmicTicks: [Double] {
        let decades = log10(high / low)
        let digits: [Double] = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5]
        let first = Int(log10(low).rounded(.down))
        let last = Int(log10(high).rounded(.up))
        var ticks: [Double] = []
        for power in first...last {
            let unit = pow(10, Double(power))
            for digit in digits where digit * unit >= low * (1 - 1e-9) && digit * unit <= high * (1 + 1e-9) {
                ticks.append(digit * unit)
            }
        }
        return ticks
    }

    /// The smallest round step of which four or five make the length.
    private static func roundStep(_ length: Double) -> Double {
        let power = pow(10, log10(length / 4).rounded(.down))
        let digit = [1, 2, 2.5, 5].first { $0 * power >= length / 5 - 1e-12 } ?? 10
        return digit * power
    }

    private static func roundUp(_ value: Double) -> Double {
        let step = roundStep(value)
        return (value / step - 1e-9).rounded(.up) * step
    }
}
