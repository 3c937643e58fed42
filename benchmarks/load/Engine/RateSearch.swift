/// Finds the highest rate that holds: doubles until one doesn't, then halves the gap.
///
/// A rate that doesn't hold is tried once more before it is believed, since one stall of the machine is no limit.
struct RateSearch {
    /// What to do next.
    enum Step: Equatable {
        case measure(Double)
        /// The highest rate that held; nil: not even the first.
        case done(Double?)
    }

    /// The search ends when the gap is so small a part of the rate that held.
    private let precision: Double
    private let rateMax: Double
    private var rate: Double
    private var held: Double?
    private var failed: Double?
    private var isSecondTry = false

    init(from rate: Double, rateMax: Double, precision: Double) {
        self.rate = min(rate, rateMax)
        self.rateMax = rateMax
        self.precision = precision
    }

    var next: Step {
        if let held, held >= rateMax { return .done(held) }
        if let failed, failed - (held ?? 0) <= precision * max(held ?? 0, Self.rateMin) { return .done(held) }
        return .measure(rate)
    }

    /// Below it nothing is looked for.
    static let rateMin = 1.0

    /// Takes in whether the rate that ``next`` gave held.
    mutating func found(holds: Bool) {
        if holds {
            held = rate
            isSecondTry = false
        } else if !isSecondTry {
            isSecondTry = true
            return
        } else {
            failed = rate
            isSecondTry = false
        }
        if let failed {
            rate = ((held ?? 0) + failed) / 2
        } else {
            rate = min(rate * 2, rateMax)
        }
    }
}
