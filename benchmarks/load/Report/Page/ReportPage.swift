/// The figures of some files as one HTML page, complete in itself.
struct ReportPage {
    /// A file and what it holds.
    struct Source {
        var name: String
        var document: BenchmarkDocument
    }

    let title: String
    let sources: [Source]

    var markup: Markup {
        let scenarios = scenarios
        let sections = scenarios.enumerated().map { index, scenario in
            ScenarioSection(index: index, name: scenario.name, entries: scenario.entries, colors: colors).markup
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>
            \(StyleSheet.markup)</style></head><body>
            <header><h1>\(title)</h1>\(tiles)\(machines)
            <nav>\(ratioLink)\(scenarios.enumerated().map(Self.link))</nav>
            </header>
            <main>\(ratioSection)\(sections)</main>
            <footer>\(reading)\(files)</footer>
            </body></html>

            """
    }

    private var ratios: [BenchmarkRatio] { sources.flatMap(\.document.ratios) }

    /// Results by scenario; where files have the same one, each says which file it is from.
    private var scenarios: [(name: String, entries: [ScenarioSection.Entry])] {
        let results = sources.flatMap { source in source.document.results.map { (source, $0) } }
        let times = Dictionary(results.map { ($0.1.identity, 1) }, uniquingKeysWith: +)
        let entries = results.map { source, result in
            ScenarioSection.Entry(
                result: result, origin: (times[result.identity] ?? 0) > 1 ? Self.origin(source) : nil)
        }
        return FiguresTable.groups(results.map(\.1)).map { name, _ in
            (name, entries.filter { $0.result.scenario == name })
        }
    }

    /// What tells a file from the others: its commit, else its name.
    private static func origin(_ source: Source) -> String {
        source.document.environment.notes["commit"] ?? source.name
    }

    /// A colour for each side, this project's first.
    private var colors: [String: Int] {
        var colors = [BenchmarkResult.ownSide: 0]
        for result in sources.flatMap(\.document.results) where colors[result.side] == nil {
            colors[result.side] = 1 + (colors.count - 1) % (StyleSheet.colorCount - 1)
        }
        return colors
    }

    private static func link(_ index: Int, _ scenario: (name: String, entries: [ScenarioSection.Entry])) -> Markup {
        "<a href=\"#scenario-\(index)\">\(scenario.name)</a>"
    }

    private var ratioLink: Markup { ratios.isEmpty ? "" : "<a href=\"#ratios\">Ratios</a>" }

    // MARK: The head

    private var tiles: Markup {
        let demanded = ratios.filter { $0.must != nil }
        let aimed = ratios.filter { $0.goal != nil }
        guard !demanded.isEmpty || !aimed.isEmpty else { return "" }
        let missed = demanded.count { $0.standing == .mustMissed }
        return """
            <div class="tiles"><div><b>\(demanded.count - missed) of \(demanded.count)</b><span class="mark \
            \(missed == 0 ? "must-met" : "must-missed")">\(missed == 0 ? "✓ musts met" : "✗ musts met, \(missed) missed")</span>\
            </div><div><b>\(aimed.count { $0.standing == .goalMet }) of \(aimed.count)</b>\
            <span class="quiet">★ goals met</span></div></div>
            """
    }

    private var machines: Markup {
        let distinct = sources.map(\.document.environment).reduce(into: [[String]]()) { machines, environment in
            let machine = [
                environment.cpu, "\(environment.cores)", environment.kernel, environment.system,
            ]
            if !machines.contains(machine) { machines.append(machine) }
        }
        let lists = distinct.map { machine -> Markup in
            let terms = zip(["Processor", "Cores", "Kernel", "System"], machine).map { term, text -> Markup in
                "<dt>\(term)</dt><dd>\(text)</dd>"
            }
            return "<dl>\(terms)</dl>"
        }
        let warning: Markup =
            distinct.count > 1 ? "<p>These figures come from different machines: compare ratios only.</p>" : ""
        return "\(warning)\(lists)"
    }

    private var ratioSection: Markup {
        guard !ratios.isEmpty else { return "" }
        // The charts have what something is demanded of, if there is any; the table to unfold has all.
        let demanded = ratios.filter(Self.isDemanded)
        let drawn = demanded.isEmpty ? ratios : demanded
        let charts = [Better.higher, .lower].map { better -> Markup in
            let ratios = drawn.filter { $0.better == better }
            return ratios.isEmpty ? "" : RatioChart(ratios: ratios).markup
        }
        return """
            <section id="ratios"><h2>Ratios</h2>
            \(charts)<details><summary>All \(ratios.count) ratios</summary>
            \(ratioTable)</details></section>

            """
    }

    private var ratioTable: Markup {
        let rows = (ratios.filter(Self.isDemanded) + ratios.filter { !Self.isDemanded($0) }).map { ratio -> Markup in
            """
            <tr><td class="word">\(ratio.name)</td><td class="word">\(Names.side(ratio.of)) to \
            \(Names.other(of: ratio))</td><td class="word">\(FigureKind.title(of: ratio.figure))</td>\
            <td><b>\(NumberText.value(ratio.spread.median, unit: "×"))</b>\(BarChart.range(ratio.spread, "×"))</td>\
            <td class="bound">\(FiguresTable.bound(ratio.must, ratio))</td>\
            <td class="bound">\(FiguresTable.bound(ratio.goal, ratio))</td>\
            <td class="word"><span class="mark \(RatioChart.style(ratio.standing))">\
            \(FiguresTable.mark(ratio.standing))</span></td></tr>

            """
        }
        return """
            <div class="scroll"><table><thead><tr><th class="word"></th><th class="word">Sides</th>\
            <th class="word">Figure</th><th>Ratio</th><th>Must</th><th>Goal</th><th class="word"></th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }

    private static func isDemanded(_ ratio: BenchmarkRatio) -> Bool { ratio.must != nil || ratio.goal != nil }

    // MARK: The foot

    private var reading: Markup {
        """
        <h2>How to read this</h2>
        <p>Figures are medians of the runs; whiskers, and the small figures, go from the lowest run to the highest. \
        Ratios are taken in each round, of sides that were measured in turns, so that what disturbs the machine for longer \
        disturbs both. Latencies depend on the machine and on what else it does; the server's CPU time per request repeats \
        best. Bars under one load share a scale; those of loads with one side share one, too. The machine's CPU time is \
        all cores' busy time but the load's: the server's and the kernel's own work, such as for syncs.</p>

        """
    }

    private var files: Markup {
        let rows = sources.map { source -> Markup in
            let environment = source.document.environment
            let notes = environment.notes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return """
                <tr><td class="word">\(source.name)</td><td class="word">\(environment.date)</td>\
                <td class="word">\(notes.joined(separator: "; "))</td></tr>
                """
        }
        return """
            <div class="scroll"><table><thead><tr><th class="word">File</th><th class="word">Measured</th>\
            <th class="word">Notes</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }
}
