import ArgumentParser
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// `grpc-peer serve`: answers until it is killed.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve echo, get and create.")

    @Option(help: "PEM file of the server's certificate.")
    var certificate: String
    @Option(help: "PEM file of its key.")
    var key: String
    @Option(help: "Folder of the databases, which are made there.")
    var data: String
    @Option(help: "Port at 127.0.0.1; 0: any that is free.")
    var port = 0
    @Option(help: "Event loops.")
    var eventLoopThreads = 1
    @Option(help: "Tenants, each with a database of its own.")
    var tenants = 1
    @Option(help: "GRDB's settings: grdb for its defaults, remit for Remit's pragmas. Both are durable.")
    var pragmas = Pragmas.grdb
    @Flag(help: "Commit the requests that wait together; else each request has a transaction.")
    var groupCommit = false

    func validate() throws {
        guard (1...10_000).contains(tenants), (1...1_024).contains(eventLoopThreads) else {
            throw ValidationError("--tenants must be 1 to 10000, --event-loop-threads 1 to 1024.")
        }
    }

    func run() async throws {
        let stores = try (0..<tenants).map { number in
            try Store(path: "\(data)/tenant-\(number).sqlite", pragmas: pragmas, groupCommit: groupCommit)
        }
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: eventLoopThreads)
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: port),
            transportSecurity: .tls(
                certificateChain: [.file(path: certificate, format: .pem)],
                privateKey: .file(path: key, format: .pem)),
            eventLoopGroup: loops)
        let server = GRPCServer(transport: transport, services: [EchoService(), PaymentService(stores: stores)])
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await server.serve() }
            let address = try await transport.listeningAddress
            FileHandle.standardOutput.write(Data("\(address.ipv4?.port ?? 0)\n".utf8))
        }
    }
}

/// How the databases are set up.
enum Pragmas: String, ExpressibleByArgument, Sendable {
    case grdb, remit
}
