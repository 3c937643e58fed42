import ArgumentParser
import Foundation
import RemitClient

/// Measures a server through the public client: closed loop, one line a workload.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remit-load", abstract: "Measure a Remit server: requests a second, latencies, server CPU.")

    @Option(help: "The server's host.") var host: String = "localhost"
    @Option(help: "The server's port.") var port: Int
    @Option(help: "PEM file of the authorities to trust.") var ca: String
    @Option(help: "File that holds the API key.") var apiKeyFile: String
    @Option(help: "The server's process id: its CPU time is read from /proc.") var pid: Int32?
    @Option(help: "Seconds a workload.") var seconds: Double = 3
    @Option(help: "Calls in flight; may be repeated.") var inFlight: [Int] = [1, 64]
    @Option(help: "echo, get, create or process; may be repeated; without it all.") var workload: [Workload] = []
    @Option(help: "Where the results go as JSON.") var json: String?

    func run() async throws {
        guard let key = try? String(contentsOfFile: apiKeyFile, encoding: .utf8) else {
            throw ValidationError("There is no file \(apiKeyFile).")
        }
        let client = try await RemitClient.connect(
            host: host, port: port, authority: .file(ca),
            apiKey: key.trimmingCharacters(in: .whitespacesAndNewlines))
        var results: [LoadResult] = []
        print(LoadResult.header)
        for workload in workload.isEmpty ? Workload.allCases : workload {
            for count in inFlight {
                let run = LoadRun(client: client, workload: workload, inFlight: count, seconds: seconds, pid: pid)
                let result = try await run.measure()
                print(result.line)
                results.append(result)
            }
        }
        await client.close()
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let report = LoadReport(environment: .current, results: results)
            try encoder.encode(report).write(to: URL(fileURLWithPath: json))
        }
        if results.contains(where: { $0.failures > 0 }) { throw ExitCode(1) }
    }
}
