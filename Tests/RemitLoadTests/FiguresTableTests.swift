import Testing

@testable import remit_load

struct FiguresTableTests {
    @Test("prints ratios, figures, and what made them")
    func markdown() throws {
        var document = try BenchmarkDocument.sample()
        document.environment.notes["command"] = "make bench"
        let markdown = FiguresTable(documents: [document], ratiosOnly: false).markdown
        #expect(
            markdown == """
                |  | against | figure | ratio (low–high) | must | goal |  |
                | --- | --- | --- | ---: | ---: | ---: | ---: |
                | Create, durable, 1 tenant | grpc-swift-2 + GRDB | requests/s | 10× (10×–10.7×) | ≥ 5× | ≥ 12× | ✓ met |

                | create | load | requests/s | server CPU per request | p99 |
                | --- | --- | ---: | ---: | ---: |
                | Remit | 64 in flight, 4 connections, 100 tenants, zipf | 12,000/s | 51 µs | 11 ms |
                | grpc-swift-2 + GRDB | 64 in flight, 4 connections, 100 tenants, zipf | 1,200/s | 630 µs | 50 ms |

                `make bench`: AMD EPYC, 2 cores · Linux 6.1 · commit abc · 2026-01-02T03:04:05Z.
                """)
        #expect(FiguresTable(documents: [document], ratiosOnly: true).markdown.contains("| create |") == false)
    }

    @Test("a summary has what is demanded alone, and neither date nor notes")
    func summary() throws {
        var document = try BenchmarkDocument.sample()
        document.environment.notes["command"] = "make bench"
        document.ratios.append(
            try #require(BenchmarkRatio("Create, CPU", to: "grpc", figure: "serverCPU", values: [12])))
        #expect(
            FiguresTable(documents: [document, document], ratiosOnly: true).summary.hasSuffix(
                """
                | Create, durable, 1 tenant | grpc-swift-2 + GRDB | requests/s | 10× (10×–10.7×) | ≥ 5× | ≥ 12× | ✓ met |

                `make bench`, AMD EPYC, 2 cores, Linux 6.1.
                """))
        document.ratios = []
        #expect(
            FiguresTable(documents: [document], ratiosOnly: true).summary == "Nothing is demanded of these figures.")
    }

    @Test("counts are shown where something was counted")
    func counts() throws {
        var result = BenchmarkResult(scenario: "overload")
        result.set(.failed, [0, 0])
        result.set(.refused, [0, 7])
        #expect(FiguresTable.columns(of: [result]) == ["refused"])
    }

    @Test("no cell breaks the table")
    func escaping() {
        let table = TextTable(head: ["a|b", "c"], rows: [["<i>\n*x*", "1"]])
        #expect(
            table.markdown == """
                | a\\|b | c |
                | --- | ---: |
                | \\<i> \\*x\\* | 1 |
                """)
        #expect(
            TextTable(head: ["name", "n"], rows: [["a", "10"], ["bcdef", ""]]).plain == "name    n\na      10\nbcdef")
    }
}
