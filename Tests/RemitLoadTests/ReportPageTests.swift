import Foundation
import Testing

@testable import remit_load

struct ReportPageTests {
    @Test("text that is put into markup is escaped, markup isn't")
    func escaping() {
        let text = "<b> & \"x\" 'y' \u{0}\u{1B}\u{9F}é\n"
        let markup: Markup = "<p title=\"\(text)\">\(7) \(1.0 / 3) \(Double.nan)\(["<i>", "</i>"] as [Markup])</p>"
        #expect(
            markup.text == "<p title=\"&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39; \u{FFFD}\u{FFFD}\u{FFFD}é\n\">"
                + "7 0.33 0<i></i></p>")
    }

    @Test("nothing that a file says becomes markup")
    func hostile() throws {
        let hostile = "</svg><script>alert(\"1\")</script>'&"
        var document = try BenchmarkDocument.sample()
        var result = BenchmarkResult(
            scenario: hostile, side: hostile, shape: ["mode": .text(hostile), hostile: .text(hostile)])
        result.set(.requestsPerSecond, [1, 2])
        result.figures[hostile] = Figure([1, 2], unit: hostile, better: .lower)
        result.add(Series(name: hostile, unit: hostile, x: hostile, points: [.init(0, 1), .init(1, 2)]))
        document.results += [result, result]
        document.ratios += [
            try #require(BenchmarkRatio(hostile, of: hostile, to: hostile, figure: hostile, values: [1, 2], must: 1))
        ]
        document.environment = LoadEnvironment(
            cpu: hostile, cores: 1, kernel: hostile, system: hostile, date: hostile, notes: [hostile: hostile])
        let page = ReportPage(title: hostile, sources: [.init(name: hostile, document: document)]).markup.text
        #expect(!page.contains("<script"))
        #expect(!page.contains("alert(\""))
        #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)"))
        expectWellFormed(page)
    }

    @Test("is complete in itself: no script, no address, one style")
    func selfContained() throws {
        let page = try page([.init(name: "a.json", document: .sample())])
        for forbidden in ["<script", "http:", "https:", "url(", "@import", "src=", "<link", "javascript:"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        expectWellFormed(page)
    }

    @Test("shows each figure, each ratio with its mark, and each line")
    func content() throws {
        let page = try page([.init(name: "a.json", document: .sample())])
        #expect(page.contains("<b>12,000/s</b> <small>11,800/s–12,500/s</small>"))
        #expect(page.contains("<span class=\"mark must-met\">✓ met</span>"))
        #expect(page.contains("1 of 1"))
        #expect(page.components(separatedBy: "<polyline").count == 2)
        #expect(page.contains("AMD EPYC"))
        #expect(page.contains("11.0 ms, 12 ms, 10.0 ms") || page.contains("11 ms, 12 ms, 10.0 ms"))
    }

    @Test("no markup of its own is escaped")
    func unescaped() throws {
        let page = try page([.init(name: "a.json", document: .sample())])
        #expect(!page.contains("&lt;"))
        #expect(!page.contains("&quot;"))
        #expect(page.contains("<td>12,000/s<small>±3 %</small></td>"))
        #expect(page.contains("<a href=\"#ratios\">Ratios</a>"))
    }

    @Test("the same figures of two files stand beside each other, with their commits")
    func twoFiles() throws {
        var later = try BenchmarkDocument.sample(cpu: "Other")
        later.environment.notes["commit"] = "def"
        let page = try page([.init(name: "a.json", document: .sample()), .init(name: "b.json", document: later)])
        #expect(page.contains("Remit · abc"))
        #expect(page.contains("Remit · def"))
        #expect(page.contains("These figures come from different machines"))
    }

    @Test("a file without figures gives a page all the same")
    func empty() throws {
        let document = BenchmarkDocument(environment: try BenchmarkDocument.sample().environment)
        try expectWellFormed(page([.init(name: "a.json", document: document)]))
    }

    private func page(_ sources: [ReportPage.Source]) throws -> String {
        ReportPage(title: "Figures", sources: sources).markup.text
    }

    /// Every element that is opened is closed, in order.
    private func expectWellFormed(_ page: String, at location: SourceLocation = #_sourceLocation) {
        var open: [Substring] = []
        let void: Set<Substring> = ["meta", "!DOCTYPE"]
        var rest = page[...]
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
            if tag.hasPrefix("/") {
                let last = open.popLast()
                #expect(last == name, sourceLocation: location)
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
        }
        #expect(open.isEmpty, sourceLocation: location)
    }
}
