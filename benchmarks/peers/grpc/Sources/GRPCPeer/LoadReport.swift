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
    var cpuMicrosecondsPerRequest: Double? { cpuMicroseconds.map { $0 / max(1, requests) } }

    /// Microseconds that this part of the calls, in per cent, didn't exceed.
    func microseconds(at percentile: Double) -> Double { Double(latencies.valueAtPercentile(percentile)) / 1_000 }
}

/// All runs of one scenario at one number of calls in flight.
struct LoadRow {
    let scenario: ScenarioName
    let inFlight: Int
    var samples: [LoadSample] = []

    var failures: Int { samples.reduce(0) { $0 + $1.failures } }

    /// The figures' names, units and directions are remit-load's.
    var figures: [String: Figure] {
        let times = [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("max", 100)].map { name, percentile in
            (name, Figure(samples.map { $0.microseconds(at: percentile) }, unit: "µs", better: "lower"))
        }
        let all =
            times + [
                ("requestsPerSecond", Figure(samples.map(\.requestsPerSecond), unit: "1/s", better: "higher")),
                ("failed", Figure(samples.map { Double($0.failures) }, unit: "1", better: "lower")),
                ("serverCPU", Figure(samples.compactMap(\.cpuMicrosecondsPerRequest), unit: "µs", better: "lower")),
            ]
        return Dictionary(all.compactMap { name, figure in figure.map { (name, $0) } }, uniquingKeysWith: { $1 })
    }
}

/// A figure of each run, their middle, and how far they lie apart.
struct Figure: Encodable {
    let unit: String
    let better: String
    let values: [Double]
    let median: Double
    let low: Double
    let high: Double

    /// Nil without values.
    init?(_ values: [Double], unit: String, better: String) {
        let sorted = values.sorted()
        guard let low = sorted.first, let high = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        self.low = low
        self.high = high
        self.values = values
        self.unit = unit
        self.better = better
    }
}

/// All figures of a session, for people and for programs.
struct LoadReport {
    let rows: [LoadRow]
    let connections: Int
    let tenants: Int

    private struct Document: Encodable {
        var results: [Result]

        struct Result: Encodable {
            var scenario: String
            var shape: Shape
            var figures: [String: Figure]
        }

        struct Shape: Encodable {
            var mode = "closed"
            var inFlight: Int
            var connections: Int
            var tenants: Int
        }
    }

    var table: String {
        let head = "scenario  in flight  requests/s   p50 µs   p99 µs   CPU µs  failed"
        let lines = rows.map { row in
            let figures = row.figures
            return row.scenario.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
                + String(
                    format: "  %9d  %10.0f  %7.0f  %7.0f  %7.1f  %6d", row.inFlight,
                    figures["requestsPerSecond"]?.median ?? 0, figures["p50"]?.median ?? 0,
                    figures["p99"]?.median ?? 0, figures["serverCPU"]?.median ?? 0, row.failures)
        }
        return ([head] + lines).joined(separator: "\n")
    }

    /// Results as remit-load writes them; without the environment, which whoever compares knows.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let results = rows.map { row in
            Document.Result(
                scenario: row.scenario.rawValue,
                shape: Document.Shape(
                    inFlight: row.inFlight, connections: min(connections, row.inFlight), tenants: tenants),
                figures: row.figures)
        }
        try (encoder.encode(Document(results: results)) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
    }
}
