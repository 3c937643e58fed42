import Histogram

/// What one run of a scenario gave.
struct LoadSample: Sendable {
    /// Nanoseconds from the call to its decoded answer.
    var latencies: Histogram<UInt32>
    var seconds: Double
    var failures: Int
    /// CPU time of the server while it was measured; nil when its process isn't known.
    var cpuMicroseconds: Double?
    /// GETs that the server sent to Stripe for each call; nil when its counters aren't known.
    var stripeReadsPerCall: Double?

    var requests: Int { Int(latencies.totalCount) }
    var requestsPerSecond: Double { Double(requests) / seconds }
    var p50Microseconds: Double { Double(latencies.valueAtPercentile(50)) / 1_000 }
    var p99Microseconds: Double { Double(latencies.valueAtPercentile(99)) / 1_000 }
    var cpuMicrosecondsPerRequest: Double? { cpuMicroseconds.map { $0 / Double(max(1, requests)) } }
}
