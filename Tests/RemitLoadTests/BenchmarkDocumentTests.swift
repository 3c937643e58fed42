import Foundation
import Testing

@testable import remit_load

struct BenchmarkDocumentTests {
    @Test("comes back from its own bytes")
    func roundTrip() throws {
        let document = try BenchmarkDocument.sample()
        let bytes = try document.encoded()
        let read = try BenchmarkDocument(bytes, name: "a.json")
        #expect(read == document)
        #expect(try read.encoded() == bytes)
    }

    @Test("has the form that other writers use")
    func form() throws {
        let text = """
            {"format": 1, "environment": {"cpu": "x", "cores": 2, "kernel": "6", "system": "s", "date": "d",
              "notes": {"commit": "abc"}},
             "results": [{"scenario": "create", "side": "grpc", "shape": {"mode": "closed", "inFlight": 64},
               "figures": {"p99": {"unit": "µs", "better": "lower", "values": [3, 1, 2], "median": 2, "low": 1,
                 "high": 3}},
               "series": [{"name": "p99", "unit": "µs", "x": "s", "points": [[0, 1.5], [1, 2]]}]}],
             "ratios": [{"name": "Create", "of": "remit", "to": "grpc", "figure": "requestsPerSecond",
               "values": [6, 7], "median": 6.5, "low": 6, "high": 7, "must": 5, "goal": 12}]}
            """
        let document = try BenchmarkDocument(Data(text.utf8), name: "a.json")
        let result = try #require(document.results.first)
        #expect(result.shape == ["mode": "closed", "inFlight": 64])
        #expect(result[.p99]?.spread.median == 2)
        #expect(result.series?.first?.points == [.init(0, 1.5), .init(1, 2)])
        #expect(document.ratios.first?.standing == .mustMet)
        #expect(document.ratios.first?.better == .higher)
    }

    @Test("has no figure without values", arguments: [[], [Double.nan], [1, .infinity]])
    func empty(values: [Double]) {
        var result = BenchmarkResult(scenario: "echo")
        result.set(.p50, values)
        #expect(result.figures.isEmpty)
    }

    @Test(
        "a file that holds no figures is refused with its place",
        arguments: [
            ("", "a.json holds no figures of remit-load: it is no JSON."),
            ("[1]", "a.json holds no figures of remit-load: it is of another type."),
            ("{}", "a.json holds no figures of remit-load: it lacks “format”."),
            (#"{"format": 2}"#, "a.json holds no figures of remit-load: at format, its format is 2, not 1."),
            (
                Self.withFigure(#"{"unit": "µs", "better": "lower", "values": []}"#),
                "a.json holds no figures of remit-load: at results[0].figures.p99.values, there are no values."
            ),
            (
                Self.withFigure(#"{"better": "lower", "values": [1]}"#),
                "a.json holds no figures of remit-load: results[0].figures.p99 lacks “unit”."
            ),
        ])
    func refusal(text: String, message: String) {
        let failure = #expect(throws: LoadFailure.self) {
            try BenchmarkDocument(Data(text.utf8), name: "a.json")
        }
        #expect(failure?.message == message)
    }

    private static func withFigure(_ figure: String) -> String {
        """
        {"format": 1, "environment": {"cpu": "", "cores": 1, "kernel": "", "system": "", "date": "", "notes": {}},
         "results": [{"scenario": "a", "side": "b", "shape": {}, "figures": {"p99": \(figure)}}]}
        """
    }
}
