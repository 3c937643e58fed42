import ArgumentParser

/// Compares two files of figures; its exit code is for CI.
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two files of figures, and say what got better or worse.",
        discussion: """
            Figures are paired by scenario, side and load, ratios by their names. A figure is better or worse when its \
            median moved by more than --threshold and the runs before and after don't overlap; else it lies within \
            the spread or the threshold. The ratio is after to before; between brackets, that of the runs furthest apart.

            Exit codes: 0 nothing got worse; 1 something did; 64 wrong usage, or files that can't be compared.
            """)

    @Argument(help: "The figures before.")
    var before: String
    @Argument(help: "The figures after.")
    var after: String
    @Option(help: "What change of a median counts as none.")
    var threshold = Percentage(5)
    @Option(help: "A figure to compare, by its name in the files, such as serverCPU; may be repeated. All without it.")
    var figure: [String] = []

    func run() async throws {
        let comparison: Comparison
        do {
            comparison = try Comparison(
                try BenchmarkDocument(path: before), try BenchmarkDocument(path: after), figures: Set(figure),
                threshold: threshold.part)
        } catch {
            throw ValidationError(error.message)
        }
        for warning in comparison.warnings { Output.error("warning: \(warning)") }
        for missing in comparison.missing { Output.error(missing) }
        Output.line(comparison.table.plain + "\n\n" + comparison.summary)
        if comparison.hasRegression { throw ExitCode(1) }
    }
}

extension Comparison {
    /// All pairs, for people.
    var table: TextTable {
        var table = TextTable(
            head: ["what", "figure", "before", "after", "ratio", "verdict"],
            columnsOfWords: 2)
        for pair in pairs {
            table.rows.append([
                pair.what, pair.figure, Self.text(pair.before, pair.unit), Self.text(pair.after, pair.unit),
                Self.ratio(pair), pair.verdict.rawValue,
            ])
        }
        return table
    }

    /// How many of each verdict, in one line.
    var summary: String {
        let counts = [Verdict.worse, .better, .withinSpread, .withinThreshold].map { verdict in
            "\(pairs.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        return counts.joined(separator: ", ")
    }

    private static func text(_ spread: Spread, _ unit: String) -> String {
        NumberText.value(spread.median, unit: unit) + (spread.percent == 0 ? "" : " ±\(spread.percent)%")
    }

    private static func ratio(_ pair: Pair) -> String {
        guard let ratio = pair.ratio else { return "-" }
        guard let range = pair.ratioRange else { return NumberText.number(ratio) }
        return "\(NumberText.number(ratio)) (\(NumberText.number(range.lowerBound))–"
            + "\(NumberText.number(range.upperBound)))"
    }
}
