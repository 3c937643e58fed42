import ArgumentParser
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// `grpc-peer load`: a closed loop, measured as remit-load measures it.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "load", abstract: "Put load on the server.")

    @Option(help: "Port of the server at 127.0.0.1.")
    var port: Int
    @Option(name: .customLong("ca"), help: "PEM file of the authority to trust.")
    var authority: String
    @Option(help: "echo, get or create; may be given several times.")
    var scenario: [ScenarioName] = []
    @Option(help: "Calls in flight; may be given several times.")
    var inFlight: [Int] = []
    @Option(help: "Connections.")
    var connections = 4
    @Option(help: "Rounds.")
    var runs = 5
    @Option(help: "Seconds of one measurement.")
    var duration = 4.0
    @Option(help: "Seconds before it that don't count.")
    var warmUp = 1.0
    @Option(help: "Payments that get reads.")
    var payments = 1_000
    @Option(help: "Tenants of the server; create takes them by chance, each as likely as any other.")
    var tenants = 1
    @Option(help: "The server's process, whose CPU time is read.")
    var serverPid: Int?
    @Option(help: "File for the figures as JSON.")
    var json: String?

    func validate() throws {
        guard connections > 0, runs > 0, duration > 0, warmUp >= 0, payments > 0, tenants > 0,
            inFlight.allSatisfy({ $0 > 0 })
        else { throw ValidationError("Numbers must be above 0.") }
    }

    func run() async throws {
        let names = scenario.isEmpty ? ScenarioName.allCases : scenario
        let widths = inFlight.isEmpty ? [1, 64] : inFlight
        var rows = names.flatMap { name in widths.map { LoadRow(scenario: name, inFlight: $0) } }
        var ids: [String] = []
        if names.contains(.get) { ids = try await makePayments() }
        for _ in 0..<runs {
            for index in rows.indices {
                let row = rows[index]
                let connections = min(connections, row.inFlight)
                let loop = ClosedLoop(inFlight: row.inFlight, warmUp: warmUp, duration: duration, serverPid: serverPid)
                let ids = ids
                rows[index].samples.append(
                    try await withClients(connections) { clients in
                        try await loop.measure(
                            Calls(clients: clients, scenario: row.scenario, ids: ids, tenants: tenants))
                    })
            }
        }
        let report = LoadReport(rows: rows, connections: connections, tenants: tenants)
        FileHandle.standardOutput.write(Data((report.table + "\n").utf8))
        if let json { try report.write(to: json) }
        guard rows.allSatisfy({ $0.failures == 0 }) else { throw ExitCode(1) }
    }

    private func makePayments() async throws -> [String] {
        let count = payments
        return try await withClients(connections) { clients in
            let calls = Calls(clients: clients, scenario: .create, ids: [], tenants: 1)
            return try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in 0..<min(64, count) {
                    group.addTask {
                        var ids: [String] = []
                        for number in stride(from: worker, to: count, by: 64) {
                            ids.append(try await calls.create(number).id)
                        }
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }

    /// Runs `body` with clients of one connection each, all on one event loop, as remit-load has it.
    private func withClients<Result: Sendable>(
        _ count: Int, _ body: ([GRPCClient<HTTP2ClientTransport.Posix>]) async throws -> Result
    ) async throws -> Result {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clients = try (0..<count).map { _ in
            GRPCClient(
                transport: try HTTP2ClientTransport.Posix(
                    target: .dns(host: "localhost", port: port),
                    transportSecurity: .tls { config in
                        config.trustRoots = .certificates([.file(path: authority, format: .pem)])
                    }, eventLoopGroup: loops))
        }
        let result = try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.runConnections() } }
            let result = try await body(clients)
            for client in clients { client.beginGracefulShutdown() }
            try await group.waitForAll()
            return result
        }
        try await loops.shutdownGracefully()
        return result
    }
}
