package import RemitRPC
import Synchronization

/// Counts calls and their latency by method and code, in atomics that are never reset.
// @unchecked: the counters are atomics behind a pointer that never changes.
package final class CallMetrics: Interceptor, @unchecked Sendable {
    /// Upper bounds of the latency's buckets in nanoseconds; one more bucket holds what takes longer.
    ///
    /// From a point read (100 µs) to an operation's whole budget (30 s).
    package static let bounds: [UInt64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000, 30_000_000_000,
    ]

    /// The buckets, and the sum of nanoseconds.
    private let width: Int
    private let codes = StatusCode.allCases.count
    private let firstBound: UInt64

    private let methods: [String]
    private let counters: UnsafeMutablePointer<Atomic<UInt64>>
    private let size: Int

    /// Counters for a router of `methods`, in its order.
    package init(methods: [Method]) {
        self.methods = methods.map(\.descriptor.fullName)
        width = Self.bounds.count + 2
        firstBound = Self.bounds[0]
        size = methods.count * codes * width
        counters = .allocate(capacity: size)
        for index in 0..<size { (counters + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counters.deinitialize(count: size)
        counters.deallocate()
    }

    package func admit(_ context: inout CallContext, _ method: MethodDescriptor) {}

    package func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        let start = position(context.method, status.code)
        counters[start + bucket(of: status.nanoseconds)].wrappingAdd(1, ordering: .relaxed)
        counters[start + width - 1].wrappingAdd(status.nanoseconds, ordering: .relaxed)
    }

    /// What was counted, by method and code, where there was any.
    package var counts: [CallCounts] {
        var counts: [CallCounts] = []
        for (index, method) in methods.enumerated() {
            for code in StatusCode.allCases {
                let start = position(index, code)
                let buckets = (0..<width - 1).map { counters[start + $0].load(ordering: .relaxed) }
                guard buckets.contains(where: { $0 > 0 }) else { continue }
                let sum = counters[start + width - 1].load(ordering: .relaxed)
                counts.append(CallCounts(method: method, code: code, buckets: buckets, nanoseconds: sum))
            }
        }
        return counts
    }

    private func position(_ method: Int, _ code: StatusCode) -> Int {
        (method * codes + Int(code.rawValue)) * width
    }

    private func bucket(of nanoseconds: UInt64) -> Int {
        // Most calls are shorter than the first bound.
        nanoseconds <= firstBound ? 0 : Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count
    }
}

/// The calls of one method that ended with one code.
package struct CallCounts: Hashable, Sendable {
    package var method: String
    package var code: StatusCode
    /// Calls whose latency lies at or below each of ``CallMetrics/bounds`` and above the one before; the last: longer.
    package var buckets: [UInt64]
    /// The latencies' sum.
    package var nanoseconds: UInt64

    package init(method: String, code: StatusCode, buckets: [UInt64], nanoseconds: UInt64) {
        self.method = method
        self.code = code
        self.buckets = buckets
        self.nanoseconds = nanoseconds
    }

    /// How many calls there were.
    package var count: UInt64 { buckets.reduce(0, &+) }
}
