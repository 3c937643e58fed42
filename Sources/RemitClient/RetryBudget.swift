import Synchronization

/// Keeps retries from multiplying an outage: about one retry in ten calls, and a few more at first.
final class RetryBudget: Sendable {
    /// Tenths of a retry.
    private let tenths = Atomic<Int>(tenthsMax)

    private static let tenthsMax = 100

    func succeeded() {
        // Full nearly always: then nothing is written that other threads read.
        guard tenths.load(ordering: .relaxed) < Self.tenthsMax else { return }
        tenths.wrappingAdd(1, ordering: .relaxed)
    }

    /// Takes one retry; false if there is none.
    func take() -> Bool {
        var seen = tenths.load(ordering: .relaxed)
        while seen >= 10 {
            let (exchanged, original) = tenths.compareExchange(
                expected: seen, desired: seen - 10, ordering: .relaxed)
            if exchanged { return true }
            seen = original
        }
        return false
    }
}
