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

    /// Measures a row once.
    func sample(_ row: LoadRow) async throws -> LoadSample {
        let calls = row.calls ?? .create
        switch row.scenario {
        case .visit: return try await sample(calls, row)
        case .overload: return try await Overload(bench: self, row: row, calls: calls).sample()
        case .noisy: return try await NoisyNeighbour(bench: self, row: row, calls: calls).sample(rate: row.rate)
        case .subscribe: return try await FanOut(bench: self, row: row, subscribers: row.subscribers ?? 1).sample()
        case .churn: return try await Churn(bench: self, row: row, callers: row.mode.width).sample()
        case .cancel: return try await CancelStorm(bench: self, row: row, callers: row.mode.width).sample()
        default: return try await sample(row.scenario, row)
        }
    }

    /// Measures single calls once, in a row's way.
    func sample(_ calls: ScenarioName, _ row: LoadRow) async throws -> LoadSample {
        let tenants = tenants(row.tenants)
        let run = RunName.next()
        switch calls {
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
        case .visit, .overload, .noisy, .subscribe, .churn, .cancel: preconditionFailure("A study sends single calls.")
        }
    }

    /// Measures calls once, over connections of their own.
    func sample(_ scenario: some Scenario, _ row: LoadRow) async throws -> LoadSample {
        if row.scenario == .visit { return try await visit(scenario, row) }
        let clients = try await connect(row.connections)
        let begin = Moment.now
        let window = Window(from: begin, warmUp: warmUp, duration: duration)
        let sample = try await sample(scenario, row, over: clients, window, begin)
        for client in clients { await client.close() }
        return sample
    }

    /// Calls each tenant once, by turns, whatever time it takes; nothing warms it up.
    private func visit(_ scenario: some Scenario, _ row: LoadRow) async throws -> LoadSample {
        let clients = try await connect(row.connections)
        let visit = Visit(tenants: max(1, row.tenants), callers: row.mode.width)
        progress.stage("\(visit.tenants) tenants")
        let before = (try probe.cpuMicroseconds(), ServerProbe.own.cpuMicroseconds ?? 0)
        var sample = await visit.sample(scenario, over: clients)
        let after = (try probe.cpuMicroseconds(), ServerProbe.own.cpuMicroseconds ?? 0)
        for client in clients { await client.close() }
        if let failure = sample.tally.failure { Output.error("A call failed: \(failure)") }
        var server: Double?
        if let begin = before.0, let end = after.0 { server = end - begin }
        sample.take((server, after.1 - before.1))
        return sample
    }

    /// Measures calls once.
    func sample(
        _ scenario: some Scenario, _ row: LoadRow, over clients: [RemitClient], _ window: Window, _ begin: UInt64
    ) async throws -> LoadSample {
        let reads = try probe.stripeReads()
        let tenants = row.tenants > 1 && scenario is EchoScenario == false ? TenantLatencies(count: row.tenants) : nil
        let recorders = (0..<clients.count).map { _ in Recorder(window, tenants: tenants, keepsSeconds: true) }
        progress.watch(recorders, window)
        let probe = probe
        async let cpu = probe.cpuMicroseconds(in: window)
        await send(scenario, row, over: clients, window, begin, recorders)
        var sample = LoadSample(seconds: window.seconds)
        sample.take(try await cpu)
        for recorder in recorders { sample.tally.add(recorder.counted) }
        if let failure = sample.tally.failure { Output.error("A call failed: \(failure)") }
        if let tenants {
            sample.fairness = Fairness.index(tenants.p99s)
            sample.othersThanFirst = tenants.together(1..<row.tenants)
        }
        if let reads, let after = try await probe.stripeReadsWhenQuiet() {
            sample.stripeReadsPerCall = Double(after - reads) / Double(max(1, sample.tally.good))
        }
        sample.addTimeline()
        return sample
    }

    private func send(
        _ scenario: some Scenario, _ row: LoadRow, over clients: [RemitClient], _ window: Window, _ begin: UInt64,
        _ recorders: [Recorder]
    ) async {
        let chooser = TenantChooser(row.spread, count: max(1, row.tenants))
        switch row.mode {
        case .closed(let inFlight):
            await ClosedLoop(callers: inFlight, chooser: chooser, window: window)
                .run(scenario, over: clients, recorders)
        case .open(let arrivals, let rate):
            let loop = OpenLoop(
                clients: clients, schedule: ArrivalSchedule(arrivals, rate: rate, seed: begin),
                inFlightMax: OpenLoop.inFlightMax(connections: clients.count), chooser: chooser, window: window)
            await loop.run(scenario, begin: begin, recorders)
        case .ramp, .paced: preconditionFailure("A study says at what rate.")
        }
    }
}
