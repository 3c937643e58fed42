import ArgumentParser
import Foundation
import RemitClient
import RemitRPC

/// Measures scenarios; what `remit-load` does without another command's name.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put load on a server, and say what it bears.",
        discussion: """
            Each of --in-flight callers sends a call, waits for the answer, and sends the next (a closed loop). Every \
            round measures each scenario once; the table shows the median of the rounds and, after ±, half the \
            distance between the best and the worst in per cent of it.

              echo     214 bytes there and back, through every interceptor
              get      a payment by its id; every field of the answer is read
              create   a payment with an order id, a customer, an idempotency key and three entries of metadata
              process  the same without the customer, charged at Stripe (let it be the simulator)

            The server is found as `remit` finds it: --address, --ca and --api-key-file, REMIT_ADDRESS, REMIT_CA_FILE \
            and REMIT_API_KEY_FILE, or ./.remit/client.json, which `remit serve --dev` writes. create and process \
            leave their payments in the tenant.

            Exit codes: 0 measured; 1 a call failed; 64 wrong usage; 78 the server wasn't found or let nobody in.
            """)

    @OptionGroup var target: TargetOptions

    @Option(help: "echo, get, create or process; may be repeated. All four without it.")
    var scenario: [ScenarioName] = []
    @Option(help: "Calls in flight, 1 to 4096; may be repeated. 1 and 64 without it.")
    var inFlight: [Int] = []
    @Option(help: "Connections that share the calls in flight, 1 to 64; never more than calls.")
    var connections: Int = 4
    @Option(help: "Seconds that are measured.")
    var duration: Double = 3
    @Option(help: "Seconds of the same load before them.")
    var warmUp: Double = 1
    @Option(help: "Rounds, 1 to 100.")
    var runs: Int = 5
    @Option(help: "Payments that get reads, one after the other, 1 to 1000000.")
    var payments: Int = 1_000
    @Option(help: "The server's process id: its CPU time is read from /proc.")
    var serverPid: Int?
    @Option(help: "host:port of the server's operations listener: requests to Stripe are counted there.")
    var operations: String?
    @Option(help: "Write the figures there too, as JSON.")
    var json: String?
    @Option(help: "name=value that the JSON's environment shall also name, such as commit=…; may be repeated.")
    var note: [String] = []

    func validate() throws {
        try Self.check("--in-flight", inFlight, in: 1...4_096)
        try Self.check("--connections", [connections], in: 1...64)
        try Self.check("--runs", [runs], in: 1...100)
        try Self.check("--payments", [payments], in: 1...1_000_000)
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

    func run() async throws {
        let report: LoadReport
        do {
            report = try await measure()
        } catch let error as LoadFailure {
            Output.error(error.message)
            throw ExitCode(error.isSetup ? 78 : 1)
        } catch let error as RPCError {
            Output.error("A call failed: \(error)")
            throw ExitCode(error.code == .unauthenticated || error.code == .unavailable ? 78 : 1)
        }
        Output.line(report.table)
        if let json { try report.document.write(to: json) }
        guard report.rows.allSatisfy({ $0.failures == 0 }) else { throw ExitCode(1) }
    }

    private func measure() async throws -> LoadReport {
        let target = try target.resolve()
        let session = LoadSession(
            target: target, probe: ServerProbe(process: serverPid.map(ServerProcess.init), operations: try listener()),
            connections: connections, warmUp: .seconds(warmUp), duration: .seconds(duration), payments: payments)
        let scenarios = scenario.isEmpty ? ScenarioName.allCases : scenario
        let widths = inFlight.isEmpty ? [1, 64] : inFlight
        var rows = scenarios.flatMap { name in widths.map { LoadRow(scenario: name, inFlight: $0) } }
        try await session.prepare(scenarios)
        for round in 1...runs {
            for index in rows.indices {
                Output.progress("round \(round) of \(runs): \(rows[index].scenario) × \(rows[index].inFlight)")
                rows[index].samples.append(
                    try await session.sample(rows[index].scenario, inFlight: rows[index].inFlight))
            }
        }
        Output.progress("")
        return LoadReport(
            rows: rows, connections: connections,
            environment: LoadEnvironment(notes: note))
    }

    private func listener() throws(LoadFailure) -> HostAndPort? {
        guard let operations else { return nil }
        return try HostAndPort(operations)
    }

    private static func check(_ name: String, _ values: [Int], in range: ClosedRange<Int>) throws {
        for value in values where !range.contains(value) {
            throw ValidationError("\(name) must be \(range.lowerBound) to \(range.upperBound); \(value) isn't.")
        }
    }
}
