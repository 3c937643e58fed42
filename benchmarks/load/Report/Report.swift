import ArgumentParser
import Foundation

/// Draws files of figures as one page.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw files of figures as one HTML page with charts.",
        discussion: """
            The page needs no other file, no network and no script. Several files make one page: those of a session, \
            or the same figures at different times, which then stand beside each other.

            Exit codes: 0 written; 64 wrong usage, or a file that holds no figures.
            """)

    @Argument(help: "Files that remit-load or scripts/peers wrote.")
    var files: [String]
    @Option(name: .shortAndLong, help: "Where the page is written.")
    var output: String
    @Option(help: "The page's title.")
    var title = "Remit: figures"

    func run() async throws {
        do {
            try write()
        } catch {
            throw ValidationError(error.message)
        }
    }

    private func write() throws(LoadFailure) {
        var sources: [ReportPage.Source] = []
        for path in files {
            let name = URL(fileURLWithPath: path).lastPathComponent
            sources.append(ReportPage.Source(name: name, document: try BenchmarkDocument(path: path)))
        }
        let page = ReportPage(title: title, sources: sources).markup.text
        guard FileManager.default.createFile(atPath: output, contents: Data(page.utf8)) else {
            throw LoadFailure("\(output) can't be written: is its folder there, and may it be written to?")
        }
    }
}
