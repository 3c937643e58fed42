import RemitAPI
import RemitClient
import RemitRPC

/// Measures scenarios on one server.
final class LoadBench {
    let target: TargetOptions.Target
    let probe: ServerProbe
    let connections: Int
    let warmUp: Duration
    let duration: Duration
    let progress: LoadProgress
    private(set) var stock: LoadStock

    init(
        target: TargetOptions.Target, probe: ServerProbe, connections: Int, warmUp: Duration, duration: Duration,
        stock: LoadStock, progress: LoadProgress
    ) {
        self.target = target
        self.probe = probe
        self.connections = connections
        self.warmUp = warmUp
        self.duration = duration
        self.stock = stock
        self.progress = progress
    }

    /// Makes what the scenarios need; `path` is where it is kept for other runs.
    func prepare(_ needs: LoadSetup.Needs, keptIn path: String?) async throws {
        let progress = progress
        let setup = LoadSetup(
            target: target, connections: connections, report: { progress.show($0) })
        try await setup.fill(&stock, needs)
        if let path { try stock.write(to: path) }
    }

    /// The tenants that calls go to: the first so many; 0: the API key's own.
    func tenants(_ count: Int) -> [LoadTenant] { Array(stock.tenants.prefix(max(1, count))) }

    func connect(_ connections: Int) async throws -> [RemitClient] {
        try await target.connect(connections, apiKey: stock.apiKey)
    }

    /// Measures a scenario of single calls once.
    func sample(_ row: LoadRow) async throws -> LoadSample {
        let tenants = tenants(row.tenants)
        let run = RunName.next()
        switch row.scenario {
        case .echo: return try await sample(EchoScenario(tenants: tenants), row)
        case .get, .cold: return try await sample(GetScenario(tenants: tenants), row)
        case .find: return try await sample(FindScenario(tenants: tenants), row)
        case .create: return try await sample(CreateScenario(tenants: tenants, run: run), row)
        case .process: return try await sample(ProcessScenario(tenants: tenants, run: run), row)
        case .refund: return try await sample(RefundScenario(tenants: tenants, run: run), row)
        case .mix: return try await sample(MixScenario(tenants: tenants, run: run), row)
        case .replays:
            let scenario = ReplayScenario(tenants: tenants, run: run)
            var sample = try await sample(scenario, row)
            sample.others[.replays] = Double(scenario.replays)
            if scenario.replays == 0 { sample.remarks.append("replays: no call was replayed; measure for longer.") }
            return sample
        }
    }

    /// Measures calls once, over connections of their own.
    func sample(_ scenario: some Scenario, _ row: LoadRow) async throws -> LoadSample {
        let reads = try probe.stripeReads()
        let clients = try await connect(row.connections)
        let tenants = row.tenants > 1 && scenario is EchoScenario == false ? TenantLatencies(count: row.tenants) : nil
        let chooser = TenantChooser(row.spread, count: max(1, row.tenants))
        let begin = Moment.now
        let window = Window(from: begin, warmUp: warmUp, duration: duration)
        let recorders = (0..<clients.count).map { _ in Recorder(window, tenants: tenants, keepsSeconds: true) }
        progress.watch(recorders, window)
        let probe = probe
        async let cpu = probe.cpuMicroseconds(in: window)
        switch row.mode {
        case .closed(let inFlight):
            await ClosedLoop(clients: clients, callers: inFlight, chooser: chooser, window: window)
                .run(scenario, recorders)
        case .open(let arrivals, let rate):
            let loop = OpenLoop(
                clients: clients, schedule: ArrivalSchedule(arrivals, rate: rate, seed: begin),
                inFlightMax: OpenLoop.inFlightMax(connections: clients.count), chooser: chooser, window: window)
            await loop.run(scenario, begin: begin, recorders)
        }
        var sample = LoadSample(seconds: window.seconds)
        sample.cpuMicroseconds = try await cpu
        for recorder in recorders { sample.tally.add(recorder.counted) }
        for client in clients { await client.close() }
        if let failure = sample.tally.failure { Output.error("A call failed: \(failure)") }
        sample.fairness = tenants.flatMap { Fairness.index($0.p99s) }
        if let reads, let after = try await probe.stripeReadsWhenQuiet() {
            sample.stripeReadsPerCall = Double(after - reads) / Double(max(1, sample.tally.good))
        }
        sample.addTimeline()
        return sample
    }
}
