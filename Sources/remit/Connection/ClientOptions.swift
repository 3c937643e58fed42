import ArgumentParser
import Foundation
import RemitRPC
import RemitServer

/// How a command finds its server, and how it shows the answer.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's address, host:port.")
    var address: String?

    @Option(name: .customLong("ca"), help: "PEM file of the authorities to trust.")
    var authorityFile: String?

    @Option(help: "File that holds the API key.")
    var apiKeyFile: String?

    @Option(help: "File that names all three, as `remit serve --dev` writes it.")
    var config: String = ClientSettings.File.path

    @Option(help: "The tenant, by id or name; without it the API key's own.")
    var tenant: String?

    @Option(help: "Seconds to wait for the answer.")
    var timeout: Double = 30

    @Flag(help: "Show JSON, one object a line.")
    var json = false

    /// Where to connect and with what.
    func settings() throws(StartupError) -> ClientSettings {
        try ClientSettings.resolve(
            address: address, authorityFile: authorityFile, apiKeyFile: apiKeyFile, tenant: tenant,
            environment: ProcessInfo.processInfo.environment, file: config)
    }

    /// The options of one call.
    func call(_ settings: ClientSettings, key: String? = nil) -> CallOptions {
        CallOptions(timeout: .milliseconds(Int(timeout * 1_000)), idempotencyKey: key, tenant: settings.tenant)
    }
}
