/// All runs of one scenario under one load.
struct LoadRow {
    let scenario: ScenarioName
    var mode: LoadMode
    let connections: Int
    /// 0: the API key's own tenant alone.
    let tenants: Int
    var spread: TenantSpread
    /// What a study sends; nil for scenarios that are calls themselves.
    var calls: ScenarioName?
    /// The rate at which a study begins, where it was said.
    var rate: Double?
    /// Readers of a tenant's events; nil where there are none.
    var subscribers: Int?
    /// What a sweep keeps p99 below; nil for everything else.
    var target: LatencyTarget?
    var samples: [LoadSample] = []

    init(_ scenario: ScenarioName, _ mode: LoadMode, connections: Int, tenants: Int, spread: TenantSpread) {
        self.scenario = scenario
        self.mode = mode
        self.connections = connections
        self.tenants = tenants
        self.spread = spread
    }

    var failed: Int { samples.reduce(0) { $0 + $1.tally.failed } }

    /// What it is called in tables and documents.
    var name: String { target == nil ? scenario.rawValue : "sweep" }

    var shape: Shape {
        var shape: Shape = ["connections": .init(connections)]
        mode.describe(in: &shape)
        if tenants > 0 {
            shape["tenants"] = .init(tenants)
            shape["spread"] = .text(spread.description)
        }
        if let calls { shape["calls"] = .text(calls.rawValue) }
        if let target { shape["p99"] = .text(target.description) }
        if let subscribers { shape["subscribers"] = .init(subscribers) }
        return shape
    }

    /// As the document has it.
    var result: BenchmarkResult {
        var result = BenchmarkResult(scenario: name, shape: shape)
        result.set(.requestsPerSecond, samples.map(\.requestsPerSecond))
        for (kind, percentile) in [
            (FigureKind.p50, 50), (.p90, 90), (.p99, 99), (.p999, 99.9), (.max, 100),
        ] {
            result.set(kind, samples.filter { $0.tally.good > 0 }.map { $0.tally.microseconds(percentile) })
        }
        result.set(.serverCPU, samples.compactMap(\.cpuMicrosecondsPerRequest))
        result.set(.loadCPU, samples.compactMap(\.loadMicrosecondsPerRequest))
        result.set(.stripeReads, samples.compactMap(\.stripeReadsPerCall))
        result.set(.fairness, samples.compactMap(\.fairness))
        for (kind, value) in counts { result.set(kind, samples.map { Double(value($0.tally)) }) }
        for kind in Set(samples.flatMap(\.others.keys)) { result.set(kind, samples.compactMap { $0.others[kind] }) }
        // A chart of many runs would show their differences, not the load's course.
        for line in samples.last?.series ?? [] { result.add(line) }
        return result
    }

    /// What was found, held against what it must be: the values of all runs.
    var ratios: [BenchmarkRatio] {
        let verdicts = samples.flatMap(\.verdicts)
        var names: [String] = []
        for verdict in verdicts where !names.contains(verdict.name) { names.append(verdict.name) }
        return names.compactMap { name in
            let those = verdicts.filter { $0.name == name }
            return those.first.flatMap { first in
                BenchmarkRatio(
                    name, to: first.to, figure: first.figure.name, values: those.flatMap(\.values),
                    better: first.better,
                    must: first.must)
            }
        }
    }

    private var counts: [(FigureKind, (Tally) -> Int)] {
        var counts: [(FigureKind, (Tally) -> Int)] = [
            (.failed, { $0.failed }), (.refused, { $0.refused }), (.notProcessed, { $0.notProcessed }),
        ]
        if mode.isOpen { counts += [(.late, { $0.late }), (.dropped, { $0.dropped })] }
        return counts
    }
}
