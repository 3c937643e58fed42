import ArgumentParser

/// The command `remit-load run`, which is also the one without a name.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure scenarios.",
        discussion: """
            Without --rate each of --in-flight callers sends a call, waits for the answer, and sends the next (a closed \
            loop). With --rate so many calls are sent a second whatever becomes of those before (an open loop); \
            latencies then begin when a call was meant to be sent. Every round measures each scenario once; the table \
            shows the median of the rounds and, after ±, half the distance between the best and the worst in per cent \
            of it. Every answer is held against what was asked for.

            \(ScenarioName.allCases.map { "  " + $0.rawValue.padded(to: 10) + $0.summary }.joined(separator: "\n"))

            create, process, refund, mix and replays leave their payments in the tenant. --tenants makes tenants of \
            its own, which share one API key, with an administrator's key (--admin-key-file).

            The server is found as `remit` finds it: --address, --ca and --api-key-file, REMIT_ADDRESS, REMIT_CA_FILE \
            and REMIT_API_KEY_FILE, or ./.remit/client.json, which `remit serve --dev` writes.

            Exit codes: 0 measured; 1 a call failed; 3 all was measured, and something that must be reached wasn't; 64 wrong usage; 78 the server wasn't found or let nobody in.
            """)

    @OptionGroup var options: LoadOptions

    @Option(help: "What is measured; may be repeated. echo, get, create and process without it.")
    var scenario: [ScenarioName] = []
    @Option(help: "Calls in flight of a closed loop, 1 to 4096; may be repeated. 1 and 64 without it.")
    var inFlight: [Int] = []
    @Option(help: "Calls a second of an open loop, 1 to 10000000; may be repeated.")
    var rate: [Double] = []
    @Option(help: "The gaps between the calls of an open loop: constant or poisson.")
    var arrivals: ArrivalSchedule.Arrivals = .poisson
    @Option(help: "What overload and noisy send: a scenario of single calls. create without it.")
    var calls: ScenarioName = .create
    @Option(help: "Readers of subscribe, 1 to 10000; they share its connections.")
    var subscribers: Int = 100
    @Option(help: "Rounds, 1 to 100.")
    var runs: Int = 5

    /// Streams take slots, of which a connection has 256; some are left for calls.
    static let readersPerConnection = 200

    func validate() throws {
        try LoadOptions.check("--in-flight", inFlight, in: 1...4_096)
        try LoadOptions.check("--subscribers", [subscribers], in: 1...10_000)
        try LoadOptions.check("--runs", [runs], in: 1...100)
        let connections = options.connections ?? ScenarioName.subscribe.connectionsUsual
        guard subscribers <= connections * Self.readersPerConnection else {
            throw ValidationError(
                "--subscribers \(subscribers) need more --connections: each has room for \(Self.readersPerConnection).")
        }
        guard ScenarioName.ofCalls.contains(calls) else {
            throw ValidationError(
                "--calls must be one of \(ScenarioName.ofCalls.map(\.rawValue).joined(separator: ", "));"
                    + " \(calls.rawValue) isn't.")
        }
        for rate in rate where !(1...10_000_000).contains(rate) {
            throw ValidationError("--rate must be 1 to 10000000 calls a second; \(rate) isn't.")
        }
    }

    func run() async throws {
        let report = try await measuring { progress in
            var rows = rows
            let bench = try await options.bench(for: rows, progress)
            for round in 1...runs {
                for index in rows.indices {
                    let row = rows[index]
                    progress.begin("round \(round) of \(runs) · \(row.scenario.rawValue), \(row.mode.description)")
                    rows[index].samples.append(try await bench.sample(row))
                }
            }
            return LoadReport(rows: rows, environment: LoadEnvironment(notes: options.note))
        }
        Output.line(report.table)
        if let json = options.json { try report.document.write(to: json) }
        guard report.rows.allSatisfy({ $0.failed == 0 }) else { throw ExitCode(1) }
        guard report.isAllReached else { throw ExitCode(3) }
    }

    private var rows: [LoadRow] {
        let scenarios = scenario.isEmpty ? ScenarioName.usual : scenario
        return scenarios.flatMap { name in
            name.modes(rates: rate, arrivals, inFlight: inFlight).map { mode in
                var row = options.row(name, mode)
                if name.sendsCalls { row.calls = calls }
                if name == .subscribe { row.subscribers = subscribers }
                if name == .noisy { row.rate = rate.first }
                return row
            }
        }
    }
}

extension ArrivalSchedule.Arrivals: ExpressibleByArgument {}

extension String {
    /// With spaces after it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
