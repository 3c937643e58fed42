/// All runs of one scenario at one number of calls in flight.
struct LoadRow {
    let scenario: ScenarioName
    let inFlight: Int
    var samples: [LoadSample] = []

    var failures: Int { samples.reduce(0) { $0 + $1.failures } }
    var requestsPerSecond: Spread? { Spread(samples.map(\.requestsPerSecond)) }
    var p50Microseconds: Spread? { Spread(samples.map(\.p50Microseconds)) }
    var p99Microseconds: Spread? { Spread(samples.map(\.p99Microseconds)) }
    var cpuMicroseconds: Spread? { Spread(samples.compactMap(\.cpuMicrosecondsPerRequest)) }
    var stripeReads: Spread? { Spread(samples.compactMap(\.stripeReadsPerCall)) }

    /// As the document has it.
    func result(connections: Int) -> BenchmarkResult {
        var result = BenchmarkResult(
            scenario: "\(scenario)",
            shape: [
                "mode": "closed", "inFlight": .init(inFlight), "connections": .init(min(connections, inFlight)),
            ])
        result.set(.requestsPerSecond, samples.map(\.requestsPerSecond))
        result.set(.p50, samples.map(\.p50Microseconds))
        result.set(.p99, samples.map(\.p99Microseconds))
        result.set(.serverCPU, samples.compactMap(\.cpuMicrosecondsPerRequest))
        result.set(.stripeReads, samples.compactMap(\.stripeReadsPerCall))
        result.set(.failed, samples.map { Double($0.failures) })
        return result
    }

    init(scenario: ScenarioName, inFlight: Int) {
        self.scenario = scenario
        self.inFlight = inFlight
    }
}
