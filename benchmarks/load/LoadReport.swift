import Foundation

/// All figures of a session, for people and for programs.
struct LoadReport {
    let rows: [LoadRow]
    let connections: Int
    let environment: LoadEnvironment

    /// A table for people: medians, the requests per second with their spread.
    var table: String {
        var lines = [["scenario", "in flight", "requests/s", "±%", "p50 µs", "p99 µs", "CPU µs", "GETs", "failed"]]
        for row in rows {
            lines.append([
                "\(row.scenario)", "\(row.inFlight)", Self.number(row.requestsPerSecond?.median, 0),
                row.requestsPerSecond.map { "\($0.percent)" } ?? "-", Self.number(row.p50Microseconds?.median, 0),
                Self.number(row.p99Microseconds?.median, 0), Self.number(row.cpuMicroseconds?.median, 1),
                Self.number(row.stripeReads?.median, 2), "\(row.failures)",
            ])
        }
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let text = lines.map { cells in
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 0 ? cells[column] + padding : padding + cells[column]
            }.joined(separator: "  ")
        }
        return environment.line + "\n\n" + text.joined(separator: "\n")
            + "\n\nCPU µs: the server's CPU time per request. GETs: the server's GETs at Stripe per call."
    }

    /// The same and more, for programs.
    var document: BenchmarkDocument {
        BenchmarkDocument(environment: environment, results: rows.map { $0.result(connections: connections) })
    }

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "-"
    }
}
