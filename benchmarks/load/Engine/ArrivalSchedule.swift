import Foundation

/// When the calls of an open loop are due, whatever became of those before.
struct ArrivalSchedule {
    /// How the gaps between calls are spread.
    enum Arrivals: String, CaseIterable, Sendable {
        /// All gaps are alike.
        case constant
        /// As independent callers call: exponential gaps.
        case poisson
    }

    private let arrivals: Arrivals
    private let nanosecondsPerCall: Double
    private var generator: SeededGenerator
    private var count = 0
    private var due = 0.0

    /// `rate` is calls per second, more than 0.
    init(_ arrivals: Arrivals, rate: Double, seed: UInt64) {
        self.arrivals = arrivals
        nanosecondsPerCall = 1_000_000_000 / rate
        generator = SeededGenerator(seed: seed)
    }

    /// Nanoseconds from the schedule's begin to the next call.
    mutating func next() -> UInt64 {
        switch arrivals {
        case .constant:
            // Counted from the begin, so that rounding adds nothing up.
            due = Double(count) * nanosecondsPerCall
            count += 1
        case .poisson:
            due -= log(1 - generator.unit()) * nanosecondsPerCall
        }
        return UInt64(due)
    }
}
