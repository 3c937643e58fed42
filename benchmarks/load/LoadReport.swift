import Foundation

/// All figures of a session, for people and for programs.
struct LoadReport {
    let rows: [LoadRow]
    let environment: LoadEnvironment

    /// A table for people: medians, the requests per second with their spread.
    var table: String {
        let results = rows.map(\.result)
        var columns = Self.columns
        // Columns in which nothing happened stay away.
        columns.removeAll { column in !column.isAlwaysShown && results.allSatisfy { column.text($0) == nil } }
        let hasTenants = rows.contains { $0.tenants > 0 }
        var lines = [["scenario", "load"] + (hasTenants ? ["tenants"] : []) + columns.map(\.title)]
        for (row, result) in zip(rows, results) {
            let tenants = row.tenants > 0 ? "\(row.tenants) \(row.spread.description)" : "-"
            lines.append(
                [row.name, row.mode.description] + (hasTenants ? [tenants] : [])
                    + columns.map { $0.text(result) ?? "-" })
        }
        let remarks = rows.flatMap { $0.samples.flatMap(\.remarks) }.flatMap { ["", $0] }
        let verdicts = ratios.map(Self.verdict)
        return
            ([environment.line, "", Self.aligned(lines)] + remarks + (verdicts.isEmpty ? [] : [""] + verdicts)
            + ["", legend])
            .joined(separator: "\n")
    }

    /// The same and more, for programs.
    var document: BenchmarkDocument {
        BenchmarkDocument(environment: environment, results: rows.map(\.result), ratios: ratios)
    }

    /// What was held against what it must be.
    var ratios: [BenchmarkRatio] { rows.flatMap(\.ratios) }

    /// Whether nothing that must be reached was missed.
    var isAllReached: Bool { ratios.allSatisfy { $0.standing != .mustMissed } }

    /// Such as “Reached: Goodput of create at 3× what it bears 0.98× (at least 0.9)”.
    private static func verdict(_ ratio: BenchmarkRatio) -> String {
        let word = ratio.standing == .mustMissed ? "MISSED" : "Reached"
        let bound = ratio.must.map { " (\(ratio.better == .higher ? "at least" : "at most") \(NumberText.number($0)))" }
        return "\(word): \(ratio.name) \(NumberText.spread(ratio.spread, unit: "×"))\(bound ?? "")"
    }

    private struct Column: Sendable {
        var title: String
        var isAlwaysShown = true
        var text: @Sendable (BenchmarkResult) -> String?
    }

    private static let columns: [Column] = [
        Column(title: "requests/s") { number($0[.requestsPerSecond], 0) },
        Column(title: "±%") { result in result[.requestsPerSecond].map { "\($0.spread.percent)" } },
        Column(title: "p50 µs") { number($0[.p50], 0) },
        Column(title: "p99 µs") { number($0[.p99], 0) },
        Column(title: "p99.9 µs") { number($0[.p999], 0) },
        Column(title: "CPU µs") { number($0[.serverCPU], 1) },
        Column(title: "load µs") { number($0[.loadCPU], 1) },
        Column(title: "GETs", isAlwaysShown: false) { number($0[.stripeReads], 2) },
        Column(title: "fairness", isAlwaysShown: false) { number($0[.fairness], 2) },
        Column(title: "late", isAlwaysShown: false) { number($0[.late], 0) },
        Column(title: "dropped", isAlwaysShown: false) { number($0[.dropped], 0) },
        Column(title: "refused", isAlwaysShown: false) { result in
            (result[.refused]?.spread.high ?? 0) > 0 ? number(result[.refused], 0) : nil
        },
        Column(title: "failed") { number($0[.failed], 0) },
    ]

    private var legend: String {
        var lines = [
            "CPU µs: the server's CPU time per request; load µs: the generator's. Latencies are medians of the runs' percentiles."
        ]
        if rows.contains(where: { if case .open = $0.mode { true } else { false } }) {
            lines.append(
                "late: sent more than \(Tally.lateNanoseconds / 1_000_000) ms after its time; dropped: not sent, since"
                    + " too many were in flight. Where they are many, this machine or the server is full.")
        }
        if rows.contains(where: { row in row.samples.contains { $0.fairness != nil } }) {
            lines.append("fairness: the slowest tenant's p99 against the median tenant's; 1 is fair.")
        }
        if rows.contains(where: { row in row.samples.contains { $0.stripeReadsPerCall != nil } }) {
            lines.append("GETs: the server's GETs at Stripe per call.")
        }
        return lines.joined(separator: "\n")
    }

    /// Cells below each other, the first to the left, the others to the right.
    static func aligned(_ lines: [[String]]) -> String {
        let widths = (lines.first ?? []).indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 0 ? cells[column] + padding : padding + cells[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func number(_ figure: Figure?, _ digits: Int) -> String? {
        figure.map { String(format: "%.\(digits)f", $0.spread.median) }
    }
}
