import Histogram
import Synchronization

/// How long the calls of each tenant took.
final class TenantLatencies: Sendable {
    private final class One: Sendable {
        let histogram = Mutex<Histogram<UInt32>?>(nil)
    }

    private let tenants: [One]

    init(count: Int) {
        tenants = (0..<count).map { _ in One() }
    }

    /// Kept in microseconds with two digits: some 10 KiB for each tenant that is called.
    func record(_ nanoseconds: UInt64, tenant: Int) {
        tenants[tenant].histogram.withLock { histogram in
            if histogram == nil { histogram = Histogram<UInt32>(numberOfSignificantValueDigits: .two) }
            _ = histogram?.record(nanoseconds / 1_000)
        }
    }

    /// The p99 of each tenant with enough calls to have one, in microseconds.
    var p99s: [Double] {
        tenants.compactMap { tenant in
            tenant.histogram.withLock { histogram in
                guard let histogram, histogram.totalCount >= Fairness.callsMin else { return nil }
                return Double(histogram.valueAtPercentile(99))
            }
        }
    }
}
