/// One scenario of a page: charts, a table, and every run's values to unfold.
struct ScenarioSection {
    struct Entry {
        var result: BenchmarkResult
        /// Which file it is from; nil where only one has it.
        var origin: String?

        /// The side, and where it is from.
        var side: String { Names.side(result.side) + (origin.map { " · \($0)" } ?? "") }
    }

    let index: Int
    let name: String
    let entries: [Entry]
    /// By side.
    let colors: [String: Int]

    /// What is drawn, where two results or more have it.
    private static let drawn: [FigureKind] = [
        .requestsPerSecond, .goodput, .encode, .decode, .serverCPU, .p99, .fairness,
    ]

    var markup: Markup {
        let about = Names.about(name).map { text -> Markup in "<p class=\"quiet\">\(text)</p>" }
        return """
            <section id="scenario-\(index)"><h2>\(name)</h2>\(about ?? "")
            <div class="charts">\(bars)\(lines)</div>
            \(table)\(runs)</section>

            """
    }

    // MARK: Charts

    /// Entries by load, in the order in which they come.
    private var groups: [(shape: Shape, entries: [Entry])] {
        var order: [Shape] = []
        for entry in entries where !order.contains(entry.result.shape) { order.append(entry.result.shape) }
        return order.map { shape in (shape, entries.filter { $0.result.shape == shape }) }
    }

    private var bars: [Markup] {
        Self.drawn.compactMap { kind in
            let groups = groups.compactMap { shape, entries -> BarChart.Group? in
                let bars = entries.compactMap { bar($0, kind) }
                return bars.isEmpty ? nil : BarChart.Group(heading: Names.shape(shape), bars: bars)
            }
            guard groups.reduce(0, { $0 + $1.bars.count }) > 1 else { return nil }
            return BarChart(title: kind.title, unit: kind.unit, better: kind.better, groups: groups).markup
        }
    }

    private func bar(_ entry: Entry, _ kind: FigureKind) -> BarChart.Bar? {
        // A figure of another unit has no place on this axis.
        guard let figure = entry.result[kind], figure.unit == kind.unit else { return nil }
        return BarChart.Bar(label: entry.side, spread: figure.spread, color: colors[entry.result.side] ?? 0)
    }

    private struct Topic: Hashable {
        var name: String
        var unit: String
        var x: String
    }

    private var lines: [Markup] {
        let all = entries.flatMap { entry in (entry.result.series ?? []).map { (entry, $0) } }
        var topics: [Topic] = []
        for (_, series) in all {
            let topic = Topic(name: series.name, unit: series.unit, x: series.x)
            if !topics.contains(topic) { topics.append(topic) }
        }
        return topics.map { topic in
            let lines = all.filter { Topic(name: $1.name, unit: $1.unit, x: $1.x) == topic }.enumerated().map {
                index, line in
                LineChart.Line(
                    label: label(line.0), points: line.1.points.sorted { $0.x < $1.x },
                    color: index % StyleSheet.colorCount)
            }
            return LineChart(
                title: FigureKind.title(of: topic.name), unit: topic.unit, x: topic.x, lines: lines,
                showsOffered: topic.name == FigureKind.goodput.name && topic.x.hasSuffix(topic.unit)
            ).markup
        }
    }

    private func label(_ entry: Entry) -> String {
        let shape = Names.shape(entry.result.shape)
        return shape.isEmpty ? entry.side : "\(entry.side), \(shape)"
    }

    // MARK: Words

    private var table: Markup {
        let names = FiguresTable.columns(of: entries.map(\.result))
        let head = names.map { name -> Markup in "<th>\(FigureKind.title(of: name))</th>" }
        // Sides under the same load below each other.
        let rows = groups.flatMap(\.entries).map { entry -> Markup in
            let cells = names.map { Self.cell(entry.result.figures[$0]) }
            let isOwn = entry.result.side == BenchmarkResult.ownSide
            return """
                <tr class="\(isOwn ? "own" : "peer")"><td class="word">\(entry.side)</td><td class="word">\
                \(Names.shape(entry.result.shape))</td>\(cells)</tr>

                """
        }
        return """
            <div class="scroll"><table><thead><tr><th class="word">Side</th><th class="word">Load</th>\(head)</tr></thead>\
            <tbody>
            \(rows)</tbody></table></div>
            """
    }

    private static func cell(_ figure: Figure?) -> Markup {
        guard let figure else { return "<td>–</td>" }
        let percent = figure.spread.percent
        let spread: Markup = percent == 0 ? "" : "<small>±\(percent) %</small>"
        return "<td>\(NumberText.value(figure.spread.median, unit: figure.unit))\(spread)</td>"
    }

    private var runs: Markup {
        let rows = entries.flatMap { entry in
            FigureKind.sorted(entry.result.figures.keys).compactMap { name -> Markup? in
                guard let figure = entry.result.figures[name], figure.spread.values.count > 1 else { return nil }
                let values = figure.spread.values.map { NumberText.value($0, unit: figure.unit) }
                return """
                    <tr><td class="word">\(label(entry))</td><td class="word">\(FigureKind.title(of: name))</td>\
                    <td>\(values.joined(separator: ", "))</td></tr>

                    """
            }
        }
        guard !rows.isEmpty else { return "" }
        return """
            <details><summary>Every run's values</summary><div class="scroll"><table><tbody>
            \(rows)</tbody></table></div></details>
            """
    }
}
