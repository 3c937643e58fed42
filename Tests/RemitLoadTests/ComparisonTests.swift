import Testing

@testable import remit_load

struct ComparisonTests {
    @Test(
        "a figure is better or worse when it moved by more than the threshold, outside the spread",
        arguments: [
            ([100, 101], [90, 91], .higher, .worse), ([100, 101], [90, 91], .lower, .better),
            ([100, 101], [110, 111], .higher, .better), ([100, 101], [110, 111], .lower, .worse),
            ([100, 101], [98, 99], .higher, .withinThreshold), ([100, 101], [102, 103], .lower, .withinThreshold),
            ([80, 100, 120], [70, 71, 85], .higher, .withinSpread), ([100], [100], .lower, .withinSpread),
            ([80, 100, 120], [60, 70, 80], .higher, .withinSpread), ([80, 100, 120], [60, 70, 79], .higher, .worse),
            ([0, 0], [3, 4], .lower, .worse), ([0, 0], [0, 4], .lower, .withinSpread),
            ([3, 4], [0, 0], .lower, .better),
            ([100], [95], .higher, .withinThreshold), ([100], [94.9], .higher, .worse),
        ] as [([Double], [Double], Better, Comparison.Verdict)])
    func verdict(before: [Double], after: [Double], better: Better, verdict: Comparison.Verdict) throws {
        let before = try #require(Spread(before))
        let after = try #require(Spread(after))
        #expect(Comparison.verdict(before: before, after: after, better: better, threshold: 0.05) == verdict)
    }

    @Test("a document against itself shows no change")
    func same() throws {
        let document = try BenchmarkDocument.sample()
        let comparison = try Comparison(document, document, threshold: 0)
        #expect(comparison.pairs.count == 8)
        #expect(comparison.pairs.allSatisfy { $0.verdict == .withinSpread })
        #expect(!comparison.hasRegression)
        #expect(comparison.missing.isEmpty)
        #expect(comparison.warnings.isEmpty)
        #expect(comparison.summary == "0 worse, 0 better, 8 within the spread, 0 within the threshold")
    }

    @Test("a slower server is a regression")
    func regression() throws {
        let before = try BenchmarkDocument.sample()
        var after = before
        after.results[0].set(.requestsPerSecond, [9_000, 9_100, 9_050])
        let comparison = try Comparison(before, after, threshold: 0.05)
        #expect(comparison.hasRegression)
        let pair = try #require(comparison.pairs.first { $0.verdict == .worse })
        #expect(pair.what == "create, remit, 64 in flight, 4 connections, 100 tenants, zipf")
        #expect(pair.figure == "requests/s")
        #expect(pair.ratio == 9_050.0 / 12_000)
        #expect(pair.ratioRange == (9_000.0 / 12_500)...(9_100.0 / 11_800))
        // The same is none when another figure is asked for, or the threshold lies above it.
        #expect(try Comparison(before, after, figures: ["p99"], threshold: 0.05).hasRegression == false)
        #expect(try Comparison(before, after, threshold: 0.5).hasRegression == false)
    }

    @Test("another load is another figure, and said to be missing")
    func missing() throws {
        let before = try BenchmarkDocument.sample()
        var after = before
        after.results[1].shape["inFlight"] = 128
        let comparison = try Comparison(before, after, threshold: 0.05)
        #expect(
            comparison.missing == [
                "create, grpc, 64 in flight, 4 connections, 100 tenants, zipf: not in the file after.",
                "create, grpc, 128 in flight, 4 connections, 100 tenants, zipf: not in the file before.",
            ])
    }

    @Test("files without a figure in common aren't compared")
    func nothing() throws {
        let before = try BenchmarkDocument.sample()
        let failure = #expect(throws: LoadFailure.self) {
            try Comparison(before, BenchmarkDocument(environment: before.environment), threshold: 0.05)
        }
        #expect(failure?.message.hasPrefix("The two files have no figure in common") == true)
    }

    @Test("another machine, a single run and a figure that is there twice are warned of")
    func warnings() throws {
        let before = try BenchmarkDocument.sample()
        var after = try BenchmarkDocument.sample(cpu: "Other")
        after.results[1].set(.p99, [50_000])
        after.results.append(after.results[0])
        let comparison = try Comparison(before, after, threshold: 0.05)
        #expect(
            comparison.warnings == [
                "The files come from different machines: cpu AMD EPYC and Other. Only ratios compare.",
                "create, remit, 64 in flight, 4 connections, 100 tenants, zipf: more than once in the file after; its"
                    + " last is compared.",
                "Some figures come from one run, which has no spread: any change lies outside it. Measure with more"
                    + " runs.",
            ])
    }

    @Test(
        "the threshold is read in per cent",
        arguments: [
            ("5%", 0.05), ("5", 0.05), ("0", 0), ("12.5 %", 0.125), ("-1", nil), ("a", nil), ("%", nil),
            ("nan", nil), ("inf%", nil),
        ] as [(String, Double?)])
    func threshold(text: String, part: Double?) {
        #expect(Percentage(argument: text)?.part == part)
    }
}
