import ArgumentParser

/// The command `grpc-peer`.
@main
struct GRPCPeer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grpc-peer", abstract: "Payments over grpc-swift and GRDB: a server, and its load.",
        subcommands: [ServeCommand.self, LoadCommand.self])
}
