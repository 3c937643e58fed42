import Testing

@testable import remit_load

extension BenchmarkDocument {
    /// Two sides of one scenario, with all that a document may have.
    static func sample(cpu: String = "AMD EPYC") throws -> BenchmarkDocument {
        var ours = BenchmarkResult(
            scenario: "create",
            shape: ["mode": "closed", "inFlight": 64, "connections": 4, "tenants": 100, "spread": "zipf"])
        ours.set(.requestsPerSecond, [12_000, 12_500, 11_800])
        ours.set(.p99, [11_000, 12_000, 10_000.5])
        ours.set(.serverCPU, [51, 52.5, 50])
        ours.set(.failed, [0, 0, 0])
        ours.add(Series(name: "p99", unit: "µs", x: "s", points: [.init(0, 1_200), .init(1, 1_300.5)]))
        var theirs = BenchmarkResult(scenario: "create", side: "grpc", shape: ours.shape)
        theirs.set(.requestsPerSecond, [1_200, 1_250, 1_100])
        theirs.set(.p99, [52_000, 50_000, 49_000])
        theirs.set(.serverCPU, [600, 640, 630])
        let ratio = try #require(
            BenchmarkRatio(
                "Create, durable, 1 tenant", to: "grpc", figure: "requestsPerSecond", values: [10, 10, 10.7], must: 5,
                goal: 12))
        return BenchmarkDocument(
            environment: LoadEnvironment(
                cpu: cpu, cores: 2, kernel: "6.1", system: "Debian 12", date: "2026-01-02T03:04:05Z",
                notes: ["commit": "abc"]),
            results: [ours, theirs], ratios: [ratio])
    }
}
