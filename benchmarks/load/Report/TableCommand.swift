import ArgumentParser

/// Prints figures as markdown, with the command and the machine that they come from.
struct TableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Print the figures of files as markdown tables.",
        discussion: """
            Ratios first, with what they must be; then each scenario's figures. The command that made a file stands \
            beside them when its note `command` names it.

            Exit codes: 0 printed; 64 wrong usage, or a file that holds no figures.
            """)

    @Argument(help: "Files that remit-load or scripts/peers wrote.")
    var files: [String]
    @Flag(help: "Print the ratios alone.")
    var ratiosOnly = false
    @Flag(help: "Print only the ratios of which something is demanded, with the machine and without the date.")
    var summary = false

    func run() async throws {
        do {
            let documents = try files.map { path throws(LoadFailure) in try BenchmarkDocument(path: path) }
            let table = FiguresTable(documents: documents, ratiosOnly: ratiosOnly)
            Output.line(summary ? table.summary : table.markdown)
        } catch {
            throw ValidationError(error.message)
        }
    }
}
