/// The figures of documents as markdown, for a README.
struct FiguresTable {
    let documents: [BenchmarkDocument]
    let ratiosOnly: Bool

    var markdown: String {
        var parts: [String] = []
        let ratios = documents.flatMap(\.ratios)
        if !ratios.isEmpty { parts.append(Self.table(of: ratios).markdown) }
        if !ratiosOnly {
            parts += Self.groups(documents.flatMap(\.results)).map { scenario, results in
                Self.table(of: results, scenario: scenario).markdown
            }
        }
        return (parts + Self.origins(documents)).joined(separator: "\n\n")
    }

    /// What is demanded, and what became of it, for a text that outlives the run: without its date and notes.
    var summary: String {
        let ratios = documents.flatMap(\.ratios).filter { $0.must != nil || $0.goal != nil }
        guard !ratios.isEmpty else { return "Nothing is demanded of these figures." }
        var machines: [String] = []
        for environment in documents.map(\.environment) {
            let command = environment.notes["command"].map { "`\($0)`, " } ?? ""
            let line = command + environment.machine + "."
            if !machines.contains(line) { machines.append(line) }
        }
        return ([Self.table(of: ratios).markdown] + machines).joined(separator: "\n\n")
    }

    /// Ratios with what they must be.
    static func table(of ratios: [BenchmarkRatio]) -> TextTable {
        var table = TextTable(
            head: ["", "against", "figure", "ratio (low–high)", "must", "goal", ""], columnsOfWords: 3)
        for ratio in ratios {
            table.rows.append([
                ratio.name, Names.other(of: ratio), FigureKind.title(of: ratio.figure),
                NumberText.spread(ratio.spread, unit: "×"), bound(ratio.must, ratio), bound(ratio.goal, ratio),
                mark(ratio.standing),
            ])
        }
        return table
    }

    /// One scenario's figures: a row per side and load, a column per figure that any of them has.
    static func table(of results: [BenchmarkResult], scenario: String) -> TextTable {
        let names = columns(of: results)
        var table = TextTable(head: [scenario, "load"] + names.map(FigureKind.title(of:)), columnsOfWords: 2)
        for result in results {
            table.rows.append(
                [Names.side(result.side), Names.shape(result.shape)]
                    + names.map { name in
                        result.figures[name].map { NumberText.value($0.spread.median, unit: $0.unit) } ?? "–"
                    })
        }
        return table
    }

    /// The figures that any result has, without the counts that are nothing everywhere.
    static func columns(of results: [BenchmarkResult]) -> [String] {
        let names = results.reduce(into: Set<String>()) { $0.formUnion($1.figures.keys) }
        let counts: Set = [FigureKind.failed, .refused, .notProcessed, .late, .dropped, .stripeReads].map(\.name)
            .reduce(into: Set<String>()) { $0.insert($1) }
        return FigureKind.sorted(
            names.filter { name in
                !counts.contains(name) || results.contains { ($0.figures[name]?.spread.high ?? 0) > 0 }
            })
    }

    /// Results by scenario, in the order in which they come.
    static func groups(_ results: [BenchmarkResult]) -> [(scenario: String, results: [BenchmarkResult])] {
        var order: [String] = []
        for result in results where !order.contains(result.scenario) { order.append(result.scenario) }
        return order.map { name in (name, results.filter { $0.scenario == name }) }
    }

    /// What a ratio must be, with its direction.
    static func bound(_ bound: Double?, _ ratio: BenchmarkRatio) -> String {
        bound.map { (ratio.better == .higher ? "≥ " : "≤ ") + factor($0) } ?? ""
    }

    /// As short as it was written: 3.5×, 40×.
    private static func factor(_ bound: Double) -> String {
        (bound == bound.rounded() ? NumberText.number(bound) : "\(bound)") + "×"
    }

    /// How a ratio stands, as a word.
    static func mark(_ standing: BenchmarkRatio.Standing) -> String {
        switch standing {
        case .goalMet: "★ goal met"
        case .mustMet: "✓ met"
        case .mustMissed: "✗ missed"
        case .shown: ""
        }
    }

    private static func origins(_ documents: [BenchmarkDocument]) -> [String] {
        var seen: Set<String> = []
        return documents.map { document in
            var environment = document.environment
            let command = environment.notes.removeValue(forKey: "command")
            return (command.map { "`\($0)`: " } ?? "Measured on ") + environment.line + "."
        }.filter { seen.insert($0).inserted }
    }
}
