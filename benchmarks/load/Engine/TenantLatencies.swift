import Histogram
import Synchronization

/// How long the calls of each tenant took.
final class TenantLatencies: Sendable {
    private final class One: Sendable {
        let histogram = Mutex<Histogram<UInt32>?>(nil)
        let misses = Atomic<Int>(0)
    }

    private let tenants: [One]

    init(count: Int) {
        tenants = (0..<count).map { _ in One() }
    }

    /// Kept in microseconds with two digits: some 10 KiB for each tenant that is called.
    func record(_ nanoseconds: UInt64, tenant: Int) {
        tenants[tenant].histogram.withLock { histogram in
            if histogram == nil { histogram = EmptyHistogram.microseconds }
            _ = histogram?.record(nanoseconds / 1_000)
        }
    }

    /// Counts a call that got no good answer.
    func recordMiss(tenant: Int) { tenants[tenant].misses.wrappingAdd(1, ordering: .relaxed) }

    /// The calls of some tenants together.
    func together(_ range: Range<Int>) -> NoisyNeighbour.Others {
        var sum = Histogram<UInt64>(numberOfSignificantValueDigits: .two)
        var misses = 0
        for tenant in tenants[range] {
            misses += tenant.misses.load(ordering: .relaxed)
            tenant.histogram.withLock { histogram in
                guard let histogram else { return }
                for bucket in histogram.recordedValues() { _ = sum.record(bucket.value, count: UInt64(bucket.count)) }
            }
        }
        return NoisyNeighbour.Others(
            good: Int(sum.totalCount), p50: Double(sum.valueAtPercentile(50)), p99: Double(sum.valueAtPercentile(99)),
            misses: misses)
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
