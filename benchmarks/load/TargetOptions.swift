import ArgumentParser
import Foundation
import RemitClient
import RemitRPC

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
    @Option(help: "File that holds an administrator's API key, which makes tenants.")
    var adminKeyFile: String?
    @Option(help: "File that holds the Stripe key of the tenants that are made (let it be the simulator's).")
    var stripeKeyFile: String?

    /// A server, and what it takes to be let in.
    struct Target: Sendable {
        var server: HostAndPort
        /// Nil: the system's authorities.
        var authorityFile: String?
        var apiKey: String
        var tenant: String
        /// Nil: no tenants can be made.
        var adminKey: String?
        /// What the tenants that are made charge with; nil: they can't, and have no customers.
        var stripeKey: String?

        /// So many connections, each with a client of its own; nil: the API key that was named.
        ///
        /// Nothing is sent again: a load counts what fails.
        func connect(_ count: Int, apiKey: String? = nil) async throws(RPCError) -> [RemitClient] {
            var clients: [RemitClient] = []
            for _ in 0..<count {
                clients.append(
                    try await RemitClient.connect(
                        host: server.host, port: server.port, authority: authorityFile.map { .file($0) } ?? .system,
                        apiKey: apiKey ?? self.apiKey, retries: RetryPolicy(attemptsMax: 1)))
            }
            return clients
        }
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
            tenant: tenant ?? environment["REMIT_TENANT"] ?? "",
            adminKey: try secret(adminKeyFile ?? environment["REMIT_ADMIN_KEY_FILE"], "admin.key", environment, file),
            stripeKey: try secret(stripeKeyFile, "stripe.key", environment, file))
    }

    /// A secret in a file that is named, else in that which `remit serve --dev` keeps beside the API key's.
    private func secret(
        _ path: String?, _ name: String, _ environment: [String: String], _ file: File?
    ) throws(LoadFailure) -> String? {
        if let path {
            guard let secret = Self.secret(in: path) else { throw LoadFailure("There is no file \(path) to read.") }
            return secret
        }
        // The folder's secrets are for the server that it names.
        guard let file, address == nil, environment["REMIT_ADDRESS"] == nil else { return nil }
        return Self.secret(in: (file.apiKeyFile as NSString).deletingLastPathComponent + "/" + name)
    }

    /// A file's text without white space; nil without a file.
    static func secret(in path: String) -> String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private func apiKey(_ environment: [String: String], _ file: File?) throws(LoadFailure) -> String {
        if apiKeyFile == nil, let key = environment["REMIT_API_KEY"] { return key }
        guard let path = apiKeyFile ?? environment["REMIT_API_KEY_FILE"] ?? file?.apiKeyFile else {
            throw LoadFailure("No API key. Pass --api-key-file, or set REMIT_API_KEY_FILE or REMIT_API_KEY.")
        }
        guard let key = Self.secret(in: path) else {
            throw LoadFailure("There is no API key file \(path) (--api-key-file).")
        }
        return key
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
