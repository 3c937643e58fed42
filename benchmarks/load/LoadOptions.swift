import ArgumentParser
import RemitRPC

/// What every measuring command takes.
struct LoadOptions: ParsableArguments {
    @OptionGroup var target: TargetOptions

    @Option(help: "Connections that share the calls, 1 to 256; 4 without it, 96 for overload; never more than calls.")
    var connections: Int?
    @Option(help: "Seconds that are measured.")
    var duration: Double = 3
    @Option(help: "Seconds of the same load before them.")
    var warmUp: Double = 1
    @Option(help: "Tenants that share the calls, 1 to 100000, made beforehand; without it the API key's own.")
    var tenants: Int?
    @Option(
        help: """
            How calls are spread over them: single, uniform, zipf[:EXPONENT], heavy:TIMES (the first gets so many times \
            the calls of each other) or turn (one after the other).
            """)
    var spread: String?
    @Option(help: "Payments that reads find, in all tenants together, 1 to 10000000; made beforehand.")
    var payments: Int = 1_000
    @Option(help: "File where what is made beforehand is kept, with its key, so that other runs needn't make it.")
    var keep: String?
    @Option(help: "The server's process id: its CPU time is read from /proc.")
    var serverPid: Int?
    @Option(help: "host:port of the server's operations listener: requests to Stripe are counted there.")
    var operations: String?
    @Option(help: "Write the figures there too, as JSON.")
    var json: String?
    @Option(help: "name=value that the JSON's environment shall also name, such as commit=…; may be repeated.")
    var note: [String] = []

    func validate() throws {
        if let connections { try Self.check("--connections", [connections], in: 1...256) }
        try Self.check("--payments", [payments], in: 1...10_000_000)
        if let tenants { try Self.check("--tenants", [tenants], in: 1...100_000) }
        if let spread, TenantSpread(spread) == nil {
            throw ValidationError(
                "--spread must be single, uniform, turn, zipf, zipf:EXPONENT (0.01 to 10) or heavy:TIMES"
                    + " (1 to 10000); \(spread) isn't.")
        }
        if spread != nil, tenants == nil {
            throw ValidationError("--spread needs --tenants: say how many tenants share the calls.")
        }
        guard (0.05...3_600).contains(duration) else {
            throw ValidationError("--duration must be 0.05 to 3600 seconds; \(duration) isn't.")
        }
        guard (0...600).contains(warmUp) else {
            throw ValidationError("--warm-up must be 0 to 600 seconds; \(warmUp) isn't.")
        }
        for entry in note where !entry.contains("=") {
            throw ValidationError("--note \(entry) is no name=value.")
        }
        if let serverPid, ServerProcess(id: serverPid).cpuMicroseconds == nil {
            throw ValidationError("There is no process \(serverPid) to read the CPU time of (--server-pid).")
        }
    }

    static func check(_ name: String, _ values: [Int], in range: ClosedRange<Int>) throws {
        for value in values where !range.contains(value) {
            throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound); \(value) isn't.")
        }
    }

    /// A row for a scenario, with the tenants that were asked for, or else those that are usual for it.
    func row(_ scenario: ScenarioName, _ mode: LoadMode) -> LoadRow {
        let tenants = tenants ?? scenario.tenantsUsual
        let spread = spread.flatMap { TenantSpread($0) } ?? scenario.spreadUsual
        var width = connections ?? scenario.connectionsUsual
        // Readers share the connections, not callers.
        if case .closed(let inFlight) = mode, scenario != .subscribe { width = min(width, inFlight) }
        return LoadRow(scenario, mode, connections: width, tenants: tenants, spread: spread)
    }

    /// A bench with all that the rows need.
    func bench(for rows: [LoadRow], _ progress: LoadProgress) async throws -> LoadBench {
        let target = try target.resolve()
        let needsStripe = { (row: LoadRow) in (row.calls ?? row.scenario).needsStripe && row.tenants > 0 }
        if let row = rows.first(where: needsStripe), target.stripeKey == nil {
            throw LoadFailure(
                "\(row.scenario.rawValue) needs Stripe, and the tenants that are made have no key there. Pass"
                    + " --stripe-key-file (`remit serve --dev` keeps one in .remit/stripe.key), or leave out --tenants."
            )
        }
        var kept: LoadStock?
        if let keep { kept = try LoadStock.read(keep) }
        let stock = kept ?? LoadStock(apiKey: nil, prefix: "load-\(RunName.next())", tenants: [])
        let listener: HostAndPort? = if let operations { try HostAndPort(operations) } else { nil }
        let bench = LoadBench(
            target: target,
            probe: ServerProbe(process: serverPid.map(ServerProcess.init), operations: listener),
            connections: connections ?? 4, warmUp: .seconds(warmUp), duration: .seconds(duration), stock: stock,
            progress: progress)
        for row in rows {
            try await bench.prepare(
                row.scenario.needs(tenants: row.tenants, payments: payments, calls: row.calls), keptIn: keep)
        }
        return bench
    }
}

/// Runs a command's work with progress on a terminal, and turns what goes wrong into a sentence and an exit code.
func measuring<Result: Sendable>(
    _ work: (LoadProgress) async throws -> Result
) async throws -> Result {
    let progress = LoadProgress()
    // Ends with the work, below; it only shows what others count.
    let line = Task { await progress.run() }
    defer {
        line.cancel()
        Output.progress("")
    }
    do {
        return try await work(progress)
    } catch let error as LoadFailure {
        Output.error(error.message)
        throw ExitCode(error.isSetup ? 78 : 1)
    } catch let error as RPCError {
        Output.error("A call failed: \(error)")
        throw ExitCode(error.code == .unauthenticated || error.code == .unavailable ? 78 : 1)
    }
}
