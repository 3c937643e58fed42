import ArgumentParser
import Foundation
import RemitServer

/// The command `remit init`.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data directory and an admin's API key, shown once.")

    @Option(help: "The data directory.") var data: String
    @Option(help: "File that holds the master key, 32 bytes in base64; else REMIT_MASTER_KEY does.")
    var masterKeyFile: String?

    func run() async throws {
        try await Failure.report {
            var flags = ["data": data]
            flags["master.key.file"] = masterKeyFile
            let configuration = try await ServerConfiguration.read(
                flags: flags, file: nil, environment: ProcessInfo.processInfo.environment)
            let key = try DataSetup.initialize(data, masterKey: configuration.masterKeyBytes())
            Terminal.line("Made \(data). The admin's API key, which is shown only now:")
            Terminal.line(key)
        }
    }
}
