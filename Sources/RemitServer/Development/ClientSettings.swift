import Foundation

/// Where a command-line client connects and with what: from flags, environment, or `./.remit/client.json`.
package struct ClientSettings: Sendable {
    package var address: ListenAddress
    /// PEM text of the authorities to trust; nil: the system's.
    package var authorities: String?
    package var apiKey: String
    /// Nil: the one that the API key belongs to.
    package var tenant: String?

    /// `client.json`: what `serve --dev` leaves for clients started in the same folder.
    package struct File: Codable {
        package var address: String
        package var authorityFile: String
        package var apiKeyFile: String

        package init(address: String, authorityFile: String, apiKeyFile: String) {
            self.address = address
            self.authorityFile = authorityFile
            self.apiKeyFile = apiKeyFile
        }

        /// Where it lies, under the folder that commands run in.
        package static let path = ".remit/client.json"

        package func write(to path: String) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try PrivateFile.write(Array(try encoder.encode(self)), to: path)
        }

        static func read(_ path: String) throws(StartupError) -> File? {
            guard let text = try PrivateFile.text(of: path) else { return nil }
            do {
                return try JSONDecoder().decode(File.self, from: Data(text.utf8))
            } catch {
                throw StartupError("\(path) can't be read. Start `remit serve --dev` again, which writes it anew.")
            }
        }
    }

    package init(address: ListenAddress, authorities: String?, apiKey: String, tenant: String? = nil) {
        self.address = address
        self.authorities = authorities
        self.apiKey = apiKey
        self.tenant = tenant
    }

    /// Flags come before the environment, which comes before the file.
    package static func resolve(
        address: String?, authorityFile: String?, apiKeyFile: String?, tenant: String?, environment: [String: String],
        file path: String = File.path
    ) throws(StartupError) -> ClientSettings {
        let file = try File.read(path)
        guard let address = address ?? environment["REMIT_ADDRESS"] ?? file?.address else {
            throw StartupError(
                "No server is named. Pass --address host:port, set REMIT_ADDRESS, or run this where"
                    + " `remit serve --dev` runs (it writes \(File.path)).")
        }
        var authorities: String?
        if let path = authorityFile ?? environment["REMIT_CA_FILE"] ?? file?.authorityFile {
            guard let text = try PrivateFile.text(of: path) else {
                throw StartupError("There is no file \(path) with the authorities to trust (--ca or REMIT_CA_FILE).")
            }
            authorities = text
        }
        var apiKey = apiKeyFile == nil ? environment["REMIT_API_KEY"] : nil
        if apiKey == nil, let path = apiKeyFile ?? environment["REMIT_API_KEY_FILE"] ?? file?.apiKeyFile {
            apiKey = try PrivateFile.text(of: path)
            if apiKey == nil { throw StartupError("There is no API key file \(path) (--api-key-file).") }
        }
        guard let apiKey else {
            throw StartupError("No API key. Pass --api-key-file, or set REMIT_API_KEY_FILE or REMIT_API_KEY.")
        }
        return ClientSettings(
            address: try ListenAddress(address), authorities: authorities,
            apiKey: apiKey.trimmingCharacters(in: .whitespacesAndNewlines),
            tenant: tenant ?? environment["REMIT_TENANT"])
    }
}
