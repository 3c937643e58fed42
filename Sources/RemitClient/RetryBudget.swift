import Synchronization

/// Keeps retries from multiplying an outage: about one retry in ten calls, and a few more at first.
final class RetryBudget: Sendable {
    /// Tenths of a retry.
    private let tenths = Mutex(tenthsMax)

    private static let tenthsMax = 100

    func succeeded() {
        tenths.withLock { $0 = min(Self.tenthsMax, $0 + 1) }
    }

    /// Takes one retry; false if there is none.
    func take() -> Bool {
        tenths.withLock { tenths in
            guard tenths >= 10 else { return false }
            tenths -= 10
            return true
        }
    }
}
