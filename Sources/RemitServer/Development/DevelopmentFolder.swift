import Foundation

/// What `serve --dev` keeps under one folder: keys, certificates, the data directory, and what clients need.
package struct DevelopmentFolder: Sendable {
    package let path: String

    package var masterKeyFile: String { path + "/master.key" }
    package var data: String { path + "/data" }
    package var adminKeyFile: String { path + "/admin.key" }
    package var apiKeyFile: String { path + "/api.key" }
    package var stripeKeyFile: String { path + "/stripe.key" }
    package var webhookSecretFile: String { path + "/webhook.secret" }
    package var clientFile: String { path + "/client.json" }

    package init(_ path: String) {
        self.path = path
    }

    /// Makes what is missing: master key, data directory, an admin's key, secrets for the simulator.
    package func prepare() throws(StartupError) {
        try PrivateFile.makeFolder(path)
        _ = try secret(in: masterKeyFile) { MasterKeyText.generate() }
        _ = try secret(in: stripeKeyFile) { "sk_test_" + Self.randomText() }
        _ = try secret(in: webhookSecretFile) { "whsec_" + Self.randomText() }
        guard try PrivateFile.text(of: adminKeyFile) == nil else { return }
        let masterKey = try MasterKeyText.parse(try PrivateFile.text(of: masterKeyFile) ?? "")
        try PrivateFile.write(try DataSetup.initialize(data, masterKey: masterKey) + "\n", to: adminKeyFile)
    }

    /// A file's secret, without its newline.
    package func read(_ file: String) throws(StartupError) -> String {
        guard let text = try PrivateFile.text(of: file) else {
            throw StartupError("\(file) is missing. Remove \(path) to begin anew, and start again.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func secret(in file: String, make: () -> String) throws(StartupError) -> String {
        if try PrivateFile.text(of: file) == nil { try PrivateFile.write(make() + "\n", to: file) }
        return try read(file)
    }

    /// 192 random bits as text.
    private static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
