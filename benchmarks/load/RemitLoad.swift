import ArgumentParser

/// The command `remit-load`.
@main
struct RemitLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remit-load",
        abstract: "Put load on a Remit server through the public client, and say what it bears.",
        discussion: "Without a command's name it runs: `remit-load --scenario get` is `remit-load run --scenario get`.",
        subcommands: [
            RunCommand.self, SweepCommand.self, Compare.self, Combine.self, Report.self, TableCommand.self,
            Footprint.self,
        ],
        defaultSubcommand: RunCommand.self)
}
