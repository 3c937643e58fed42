/// All runs of one scenario under one load.
struct LoadRow {
    let scenario: ScenarioName
    let mode: LoadMode
    let connections: Int
    /// 0: the API key's own tenant alone.
    let tenants: Int
    let spread: TenantSpread
    var samples: [LoadSample] = []

    init(_ scenario: ScenarioName, _ mode: LoadMode, connections: Int, tenants: Int, spread: TenantSpread) {
        self.scenario = scenario
        self.mode = mode
        self.connections = connections
        self.tenants = tenants
        self.spread = spread
    }

    var failed: Int { samples.reduce(0) { $0 + $1.tally.failed } }

    var shape: Shape {
        var shape: Shape = ["connections": .init(connections)]
        mode.describe(in: &shape)
        if tenants > 0 {
            shape["tenants"] = .init(tenants)
            shape["spread"] = .text(spread.description)
        }
        return shape
    }

    /// As the document has it.
    var result: BenchmarkResult {
        var result = BenchmarkResult(scenario: scenario.rawValue, shape: shape)
        result.set(.requestsPerSecond, samples.map(\.requestsPerSecond))
        for (kind, percentile) in [
            (FigureKind.p50, 50), (.p90, 90), (.p99, 99), (.p999, 99.9), (.max, 100),
        ] {
            result.set(kind, samples.filter { $0.tally.good > 0 }.map { $0.tally.microseconds(percentile) })
        }
        result.set(.serverCPU, samples.compactMap(\.cpuMicrosecondsPerRequest))
        result.set(.stripeReads, samples.compactMap(\.stripeReadsPerCall))
        result.set(.fairness, samples.compactMap(\.fairness))
        for (kind, value) in counts { result.set(kind, samples.map { Double(value($0.tally)) }) }
        for kind in Set(samples.flatMap(\.others.keys)) { result.set(kind, samples.compactMap { $0.others[kind] }) }
        // A chart of many runs would show their differences, not the load's course.
        for line in samples.last?.series ?? [] { result.add(line) }
        return result
    }

    private var counts: [(FigureKind, (Tally) -> Int)] {
        var counts: [(FigureKind, (Tally) -> Int)] = [
            (.failed, { $0.failed }), (.refused, { $0.refused }), (.notProcessed, { $0.notProcessed }),
        ]
        if case .open = mode { counts += [(.late, { $0.late }), (.dropped, { $0.dropped })] }
        return counts
    }
}
