/// Two documents' figures in pairs, and what became of each.
struct Comparison {
    enum Verdict: String, Sendable {
        case better, worse
        /// The runs of both overlap: nothing can be said.
        case withinSpread = "within the spread"
        /// The runs don't overlap, and lie closer than the threshold.
        case withinThreshold = "within the threshold"
    }

    struct Pair {
        /// Scenario, side and load, or a ratio's name.
        var what: String
        /// The figure's name for people.
        var figure: String
        var unit: String
        var before: Spread
        var after: Spread
        var verdict: Verdict

        /// After to before, by the medians; nil where there is nothing to divide by.
        var ratio: Double? { before.median == 0 ? nil : after.median / before.median }
        /// The same for the runs that lie furthest apart.
        var ratioRange: ClosedRange<Double>? {
            guard before.low > 0, after.low >= 0 else { return nil }
            return (after.low / before.high)...(after.high / before.low)
        }
    }

    let pairs: [Pair]
    /// What only one of the two has.
    let missing: [String]
    /// What makes the comparison weaker than it looks.
    let warnings: [String]

    /// Whether a figure got worse by more than the threshold, outside the spread.
    var hasRegression: Bool { pairs.contains { $0.verdict == .worse } }

    /// - Parameters:
    ///   - figures: Which figures, by name; all when empty.
    ///   - threshold: What change of a median is none, as a part of it.
    init(
        _ before: BenchmarkDocument, _ after: BenchmarkDocument, figures: Set<String> = [], threshold: Double
    ) throws(LoadFailure) {
        let old = Self.entries(of: before)
        let new = Self.entries(of: after)
        let isWanted = { (entry: Entry) in figures.isEmpty || figures.contains(entry.key.figure) }
        let oldByKey = Dictionary(old.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let newByKey = Dictionary(new.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        var pairs: [Pair] = []
        var differently: [String] = []
        var seen: Set<Entry.Key> = []
        for key in old.map(\.key) where seen.insert(key).inserted {
            guard let old = oldByKey[key], let new = newByKey[key], isWanted(old) else { continue }
            guard old.unit == new.unit, old.better == new.better else {
                differently.append("\(key.what), \(old.title): it has another unit or direction in each file.")
                continue
            }
            pairs.append(
                Pair(
                    what: key.what, figure: old.title, unit: old.unit, before: old.spread, after: new.spread,
                    verdict: Self.verdict(
                        before: old.spread, after: new.spread, better: old.better, threshold: threshold)))
        }
        guard !pairs.isEmpty else {
            throw LoadFailure(
                "The two files have no figure in common: a scenario's name, its side and its load must be the same in"
                    + " both." + (figures.isEmpty ? "" : " They were also asked for by --figure."))
        }
        self.pairs = pairs
        missing =
            Self.lacks("after", Self.places(old.filter(isWanted)), in: Self.places(new))
            + Self.lacks("before", Self.places(new.filter(isWanted)), in: Self.places(old))
        warnings =
            Self.warnings(before, after) + differently + Self.doubles(old, "before") + Self.doubles(new, "after")
            + Self.single(pairs)
    }

    /// What became of a figure.
    static func verdict(before: Spread, after: Spread, better: Better, threshold: Double) -> Verdict {
        guard after.low > before.high || after.high < before.low else { return .withinSpread }
        let change = abs(after.median - before.median)
        guard change > threshold * abs(before.median) else { return .withinThreshold }
        return better.prefers(after.median, to: before.median) ? .better : .worse
    }

    // MARK: What is compared

    private struct Entry {
        struct Key: Hashable {
            /// The result, or nil for a ratio.
            var identity: BenchmarkResult.Identity?
            var what: String
            var figure: String
        }

        var key: Key
        var title: String
        var unit: String
        var better: Better
        var spread: Spread
    }

    private static func entries(of document: BenchmarkDocument) -> [Entry] {
        let figures = document.results.flatMap { result in
            FigureKind.sorted(result.figures.keys).compactMap { name in
                result.figures[name].map { figure in
                    Entry(
                        key: .init(identity: result.identity, what: label(of: result), figure: name),
                        title: FigureKind.title(of: name), unit: figure.unit, better: figure.better,
                        spread: figure.spread)
                }
            }
        }
        let ratios = document.ratios.map { ratio in
            Entry(
                key: .init(
                    identity: nil, what: "\(ratio.name): \(ratio.of) to \(ratio.to)", figure: ratio.figure),
                title: FigureKind.title(of: ratio.figure), unit: "×", better: ratio.better, spread: ratio.spread)
        }
        return figures + ratios
    }

    private static func label(of result: BenchmarkResult) -> String {
        let shape = Names.shape(result.shape)
        return "\(result.scenario), \(result.side)" + (shape.isEmpty ? "" : ", \(shape)")
    }

    // MARK: What is to be said beside it

    private static func places(_ entries: [Entry]) -> [String] {
        var seen: Set<String> = []
        return entries.map(\.key.what).filter { seen.insert($0).inserted }
    }

    private static func lacks(_ side: String, _ places: [String], in others: [String]) -> [String] {
        let others = Set(others)
        return places.filter { !others.contains($0) }.map { "\($0): not in the file \(side)." }
    }

    private static func doubles(_ entries: [Entry], _ side: String) -> [String] {
        let counts = Dictionary(grouping: entries, by: \.key).filter { $1.count > 1 }
        return Set(counts.keys.map(\.what)).sorted().map {
            "\($0): more than once in the file \(side); its last is compared."
        }
    }

    private static func single(_ pairs: [Pair]) -> [String] {
        let isSingle = pairs.contains { $0.before.values.count == 1 || $0.after.values.count == 1 }
        return isSingle
            ? [
                "Some figures come from one run, which has no spread: any change lies outside it. Measure with more runs."
            ]
            : []
    }

    private static func warnings(_ before: BenchmarkDocument, _ after: BenchmarkDocument) -> [String] {
        let old = before.environment
        let new = after.environment
        let differences = [
            ("cpu", old.cpu, new.cpu), ("cores", "\(old.cores)", "\(new.cores)"), ("kernel", old.kernel, new.kernel),
            ("system", old.system, new.system),
        ].filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) and \($0.2)" }
        guard !differences.isEmpty else { return [] }
        return ["The files come from different machines: \(differences.joined(separator: "; ")). Only ratios compare."]
    }
}
