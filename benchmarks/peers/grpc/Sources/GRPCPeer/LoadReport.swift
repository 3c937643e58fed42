import Foundation
import Histogram

/// What one run of a scenario gave.
struct LoadSample: Sendable {
    /// Nanoseconds from the call to its decoded answer.
    var latencies: Histogram<UInt32>
    var seconds: Double
    var failures: Int
    /// CPU time of the server while it was measured; nil when its process isn't known.
    var cpuMicroseconds: Double?

    private var requests: Double { Double(latencies.totalCount) }
    var requestsPerSecond: Double { requests / seconds }
    var p50Microseconds: Double { Double(latencies.valueAtPercentile(50)) / 1_000 }
    var p99Microseconds: Double { Double(latencies.valueAtPercentile(99)) / 1_000 }
    var cpuMicrosecondsPerRequest: Double? { cpuMicroseconds.map { $0 / max(1, requests) } }
}

/// All runs of one scenario at one number of calls in flight.
struct LoadRow: Encodable {
    let scenario: ScenarioName
    let inFlight: Int
    var samples: [LoadSample] = []

    var failures: Int { samples.reduce(0) { $0 + $1.failures } }

    private enum Keys: String, CodingKey {
        case scenario, inFlight, runs, failures, requestsPerSecond, p50Microseconds, p99Microseconds,
            serverCPUMicrosecondsPerRequest
    }

    init(scenario: ScenarioName, inFlight: Int) {
        self.scenario = scenario
        self.inFlight = inFlight
    }

    /// The names of remit-load's figures.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(scenario.rawValue, forKey: .scenario)
        try container.encode(inFlight, forKey: .inFlight)
        try container.encode(samples.count, forKey: .runs)
        try container.encode(failures, forKey: .failures)
        try container.encode(Spread(samples.map(\.requestsPerSecond)), forKey: .requestsPerSecond)
        try container.encode(Spread(samples.map(\.p50Microseconds)), forKey: .p50Microseconds)
        try container.encode(Spread(samples.map(\.p99Microseconds)), forKey: .p99Microseconds)
        try container.encodeIfPresent(
            Spread(samples.compactMap(\.cpuMicrosecondsPerRequest)), forKey: .serverCPUMicrosecondsPerRequest)
    }
}

/// The middle of some figures, and how far they lie apart.
struct Spread: Encodable {
    let median: Double
    let low: Double
    let high: Double

    /// Nil without figures.
    init?(_ figures: [Double]) {
        let sorted = figures.sorted()
        guard let low = sorted.first, let high = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.low = low
        self.high = high
    }
}

/// All figures of a session, for people and for programs.
struct LoadReport {
    let rows: [LoadRow]
    let connections: Int
    let duration: Double
    /// Each is name=value.
    let notes: [String]

    private struct Document: Encodable {
        var connections: Int
        var durationSeconds: Double
        var notes: [String]
        var results: [LoadRow]
    }

    var table: String {
        let head = "scenario  in flight  requests/s   p50 µs   p99 µs   CPU µs  failed"
        let lines = rows.map { row in
            let name = row.scenario.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            return name
                + String(
                    format: "  %9d  %10.0f  %7.0f  %7.0f  %7.1f  %6d", row.inFlight,
                    Spread(row.samples.map(\.requestsPerSecond))?.median ?? 0,
                    Spread(row.samples.map(\.p50Microseconds))?.median ?? 0,
                    Spread(row.samples.map(\.p99Microseconds))?.median ?? 0,
                    Spread(row.samples.compactMap(\.cpuMicrosecondsPerRequest))?.median ?? 0, row.failures)
        }
        return ([head] + lines).joined(separator: "\n")
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(connections: connections, durationSeconds: duration, notes: notes, results: rows)
        try (encoder.encode(document) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }
}
