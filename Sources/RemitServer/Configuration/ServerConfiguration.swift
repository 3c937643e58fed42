import Configuration
import Foundation
import RemitTenant

/// All that a server is told from outside.
///
/// Order of precedence: flags, environment (`REMIT_…`), file, defaults.
package struct ServerConfiguration: Sendable {
    /// The data directory: control.sqlite, one file per tenant, and the journal of their commits.
    package var data: String
    /// Where `remit/1` is served over TLS.
    package var listen: ListenAddress
    /// Where Stripe's webhooks arrive over TLS.
    package var ingress: ListenAddress
    /// Where /healthz, /readyz and /metrics answer in plain HTTP; a loopback address.
    package var operations: ListenAddress
    /// PEM file of the server's certificate and those between it and its authority.
    package var certificateFile: String
    /// PEM file of the certificate's private key.
    package var certificateKeyFile: String
    /// File that holds the master key; nil: `masterKey` does.
    package var masterKeyFile: String?
    /// The master key itself, 32 bytes in base64.
    ///
    /// Never printed.
    package var masterKey: String?
    /// Where Stripe answers.
    ///
    /// Plain http is refused but on loopback.
    package var stripeURL: String
    package var logLevel: String
    /// `auto` (text on a terminal, else JSON), `json` or `text`.
    package var logFormat: String
    /// Tenants kept open at once: about 5 descriptors each, so 1,000 stay below the usual limit of 65,536.
    package var openTenantsMax: Int
    /// What tenants' page caches may grow to together, in MiB, beyond the first part of each; 0: none grows.
    package var pageCacheMebibytes: Int
    /// Threads that run tenants; each tenant belongs to one.
    package var storageThreads: Int
    /// Threads of the event loops; 0: one per core.
    package var eventLoopThreads: Int
    /// How long a drain waits for running calls.
    ///
    /// 25 s: five less than what orchestrators grant.
    package var drainMilliseconds: Int

    /// The names of all settings, in the order in which they are printed.
    package static let keys = [
        "data", "listen", "ingress", "operations", "certificate.file", "certificate.key.file", "master.key.file",
        "master.key", "stripe.url", "log.level", "log.format", "open.tenants.max", "page.cache.mib",
        "storage.threads",
        "event.loop.threads", "drain.ms",
    ]

    /// Reads the settings.
    ///
    /// `flags` are those given on the command line, by the names of ``keys``.
    package static func read(
        flags: [String: String], file: String?, environment: [String: String]
    ) async throws(StartupError) -> ServerConfiguration {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in flags {
            values[AbsoluteConfigKey(key.split(separator: ".").map(String.init))] = ConfigValue(
                .string(value), isSecret: key == "master.key")
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: values),
            EnvironmentVariablesProvider(
                environmentVariables: environment, secretsSpecifier: .specific(["REMIT_MASTER_KEY"])
            ).prefixKeys(with: "remit"),
        ]
        if let file {
            do {
                providers.append(
                    try await FileProvider<JSONSnapshot>(
                        config: ConfigReader(
                            provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(file), isSecret: false)]
                            ))))
            } catch {
                throw StartupError(
                    "Can't read the configuration file \(file): \(error). It must be a JSON object such as"
                        + " {\"listen\": \"127.0.0.1:7443\", \"data\": \"/var/lib/remit\"}.")
            }
        }
        return try ServerConfiguration(reading: ConfigReader(providers: providers))
    }

    private init(reading reader: ConfigReader) throws(StartupError) {
        data = reader.string(forKey: "data", default: "/var/lib/remit")
        listen = try ListenAddress(reader.string(forKey: "listen", default: "127.0.0.1:7443"))
        ingress = try ListenAddress(reader.string(forKey: "ingress", default: "127.0.0.1:7444"))
        operations = try ListenAddress(reader.string(forKey: "operations", default: "127.0.0.1:7445"))
        certificateFile = reader.string(forKey: "certificate.file", default: "/etc/remit/server.pem")
        certificateKeyFile = reader.string(forKey: "certificate.key.file", default: "/etc/remit/server.key.pem")
        masterKeyFile = reader.string(forKey: "master.key.file")
        masterKey = reader.string(forKey: "master.key", isSecret: true)
        stripeURL = reader.string(forKey: "stripe.url", default: "https://api.stripe.com")
        logLevel = reader.string(forKey: "log.level", default: "info")
        logFormat = reader.string(forKey: "log.format", default: "auto")
        openTenantsMax = try Self.number(reader, "open.tenants.max", default: Self.openTenantsMax, in: 1...100_000)
        pageCacheMebibytes = try Self.number(
            reader, "page.cache.mib", default: DirectorySettings().pageCacheKibibytesMax / 1_024, in: 0...16_777_216)
        storageThreads = try Self.number(reader, "storage.threads", default: 8, in: 1...256)
        eventLoopThreads = try Self.number(reader, "event.loop.threads", default: 0, in: 0...256)
        drainMilliseconds = try Self.number(reader, "drain.ms", default: 25_000, in: 0...600_000)
        guard operations.isLoopback else {
            throw StartupError(
                "The operations listener shows internals without asking who reads: give it a loopback address"
                    + " (--operations 127.0.0.1:7445).")
        }
        guard ["auto", "json", "text"].contains(logFormat) else {
            throw StartupError("“\(logFormat)” is no log format. Use auto, json or text.")
        }
    }

    /// As many as descriptors suffice for.
    private static var openTenantsMax: Int {
        DescriptorLimit.openTenants(within: DescriptorLimit.hard)
    }

    /// A number as text, so that flags and environment read alike; refused outside its range.
    private static func number(
        _ reader: ConfigReader, _ key: String, default value: Int, in range: ClosedRange<Int>
    ) throws(StartupError) -> Int {
        let configKey = ConfigKey(key.split(separator: ".").map(String.init))
        let found =
            reader.int(forKey: configKey) ?? reader.string(forKey: configKey).map { Int($0) ?? Int.min } ?? value
        guard range.contains(found) else {
            throw StartupError("The setting \(key) must be a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return found
    }

    /// The master key's bytes, from the file or the variable.
    package func masterKeyBytes() throws(StartupError) -> [UInt8] {
        if let masterKeyFile {
            guard let text = try PrivateFile.text(of: masterKeyFile) else {
                throw StartupError(
                    "There is no master key file at \(masterKeyFile). Make one with"
                        + " `openssl rand -base64 32 > \(masterKeyFile)` and keep a copy where the backups aren't.")
            }
            return try MasterKeyText.parse(text)
        }
        if let masterKey { return try MasterKeyText.parse(masterKey) }
        throw StartupError(
            "No master key: the tenants' Stripe keys can't be sealed or read without one. Make one with"
                + " `openssl rand -base64 32 > master.key`, and pass `--master-key-file master.key` or set"
                + " REMIT_MASTER_KEY. For a try on this machine, use `remit serve --dev`, which makes its own.")
    }

    /// The settings as they are in force, one a line; the master key is never shown.
    package var printed: String {
        [
            ("data", data), ("listen", "\(listen)"), ("ingress", "\(ingress)"), ("operations", "\(operations)"),
            ("certificate.file", certificateFile), ("certificate.key.file", certificateKeyFile),
            ("master.key.file", masterKeyFile ?? "(none)"), ("master.key", masterKey == nil ? "(none)" : "(set)"),
            ("stripe.url", stripeURL), ("log.level", logLevel), ("log.format", logFormat),
            ("open.tenants.max", "\(openTenantsMax)"), ("page.cache.mib", "\(pageCacheMebibytes)"),
            ("storage.threads", "\(storageThreads)"),
            ("event.loop.threads", "\(eventLoopThreads)"), ("drain.ms", "\(drainMilliseconds)"),
        ].map { "\($0.0) = \($0.1)" }.joined(separator: "\n")
    }
}
