import ArgumentParser
import Foundation

/// How the server is found: by flags, environment, or the file that `remit serve --dev` writes, in this order.
struct TargetOptions: ParsableArguments {
    @Option(help: "The server's address, host:port.")
    var address: String?
    @Option(name: .customLong("ca"), help: "PEM file of the authorities to trust.")
    var authorityFile: String?
    @Option(help: "File that holds the API key.")
    var apiKeyFile: String?
    @Option(help: "File that names all three, as `remit serve --dev` writes it.")
    var config: String = ".remit/client.json"
    @Option(help: "The tenant, by id or name; without it the API key's own.")
    var tenant: String?

    /// A server, and what it takes to be let in.
    struct Target: Sendable {
        var server: HostAndPort
        /// Nil: the system's authorities.
        var authorityFile: String?
        var apiKey: String
        var tenant: String
    }

    private struct File: Decodable {
        var address: String
        var authorityFile: String
        var apiKeyFile: String
    }

    func resolve() throws(LoadFailure) -> Target {
        let environment = ProcessInfo.processInfo.environment
        let file = try readFile()
        guard let address = address ?? environment["REMIT_ADDRESS"] ?? file?.address else {
            throw LoadFailure(
                "No server is named. Pass --address host:port, set REMIT_ADDRESS, or run this where"
                    + " `remit serve --dev` runs (it writes .remit/client.json).")
        }
        let authority = authorityFile ?? environment["REMIT_CA_FILE"] ?? file?.authorityFile
        if let authority, !FileManager.default.isReadableFile(atPath: authority) {
            throw LoadFailure("There is no file \(authority) with the authorities to trust (--ca or REMIT_CA_FILE).")
        }
        return Target(
            server: try HostAndPort(address), authorityFile: authority, apiKey: try apiKey(environment, file),
            tenant: tenant ?? environment["REMIT_TENANT"] ?? "")
    }

    private func apiKey(_ environment: [String: String], _ file: File?) throws(LoadFailure) -> String {
        if apiKeyFile == nil, let key = environment["REMIT_API_KEY"] { return key }
        guard let path = apiKeyFile ?? environment["REMIT_API_KEY_FILE"] ?? file?.apiKeyFile else {
            throw LoadFailure("No API key. Pass --api-key-file, or set REMIT_API_KEY_FILE or REMIT_API_KEY.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadFailure("There is no API key file \(path) (--api-key-file).")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func readFile() throws(LoadFailure) -> File? {
        guard let data = FileManager.default.contents(atPath: config) else { return nil }
        do {
            return try JSONDecoder().decode(File.self, from: data)
        } catch {
            throw LoadFailure("\(config) can't be read. Start `remit serve --dev` again, which writes it anew.")
        }
    }
}
