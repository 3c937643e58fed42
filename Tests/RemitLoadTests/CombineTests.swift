import Testing

@testable import remit_load

struct CombineTests {
    @Test("the runs of one load follow each other, and so do a ratio's rounds")
    func runs() throws {
        let first = try BenchmarkDocument.sample()
        var second = try BenchmarkDocument.sample()
        second.environment.date = "2026-01-02T04:04:05Z"
        second.environment.notes = ["commit": "later", "rounds": "3"]
        second.results[0].set(.p99, [1])
        second.results[0].set(.p50, [2])
        second.results[0].series?[0].points = [.init(0, 7)]
        second.results.append(BenchmarkResult(scenario: "echo"))
        second.ratios[0].name = "Another"
        second.ratios.append(
            try #require(
                BenchmarkRatio(
                    "Create, durable, 1 tenant", to: "grpc", figure: "requestsPerSecond", values: [4], must: 5)))
        let combined = try BenchmarkDocument(combining: [first, second])

        #expect(combined.environment.date == first.environment.date)
        #expect(combined.environment.notes == ["commit": "abc", "rounds": "3"])
        #expect(combined.results.map(\.scenario) == ["create", "create", "echo"])
        #expect(combined.results[0][.p99]?.spread.values == [11_000, 12_000, 10_000.5, 1])
        #expect(combined.results[0][.p50]?.spread.values == [2])
        #expect(combined.results[0].series == second.results[0].series)
        #expect(combined.ratios.map(\.name) == ["Create, durable, 1 tenant", "Another"])
        #expect(combined.ratios[0].spread.values == [10, 10, 10.7, 4])
        #expect(combined.ratios[0].goal == 12)
    }

    @Test("a figure in another unit isn't mixed in")
    func units() throws {
        let first = try BenchmarkDocument.sample()
        var second = first
        second.results[0].figures["p99"] = Figure([3], unit: "ms", better: .lower)
        let combined = try BenchmarkDocument(combining: [first, second])
        #expect(combined.results[0][.p99]?.spread == first.results[0][.p99]?.spread)
    }

    @Test("figures of two machines, or none at all, make no document")
    func refusals() throws {
        let documents = [try BenchmarkDocument.sample(), try BenchmarkDocument.sample(cpu: "another")]
        #expect(throws: LoadFailure.self) { try BenchmarkDocument(combining: documents) }
        #expect(throws: LoadFailure.self) { try BenchmarkDocument(combining: []) }
    }
}
