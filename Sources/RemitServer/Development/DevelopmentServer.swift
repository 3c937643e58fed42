package import Logging
import NIOPosix
import RemitDomain
import RemitStripeHTTP
package import RemitTenant

/// A server that makes by itself all that it needs, with the Stripe simulator beside it unless another is named.
package final class DevelopmentServer: Sendable {
    /// The tenant that is made.
    package static let tenantName = "dev"

    /// What it may be told; the rest it makes.
    package struct Options: Sendable {
        /// Where its files are: `./.remit` by default.
        package var folder = ".remit"
        package var listen = ListenAddress(host: "127.0.0.1", port: 7443)
        package var ingress = ListenAddress(host: "127.0.0.1", port: 7444)
        package var operations = ListenAddress(host: "127.0.0.1", port: 7445)
        package var simulator = ListenAddress(host: "127.0.0.1", port: 7446)
        /// A Stripe simulator that runs already; nil: one is started in this process, and its books end with it.
        package var stripeURL: String?
        package var seed: UInt64 = 1
        /// Settings that differ from the defaults, by the names of ``ServerConfiguration/keys``.
        package var settings: [String: String] = [:]

        package init() {}

        /// On free ports only, beside whatever else runs.
        package static func onFreePorts(in folder: String) -> Options {
            var options = Options()
            options.folder = folder
            options.listen.port = 0
            options.ingress.port = 0
            options.operations.port = 0
            options.simulator.port = 0
            return options
        }
    }

    package let server: Server
    /// Nil when another one is used.
    package let simulator: SimulatorHost?
    package let folder: DevelopmentFolder
    package let authorityFile: String
    private let exchange: LiveStripeExchange

    private init(
        server: Server, simulator: SimulatorHost?, folder: DevelopmentFolder, authorityFile: String,
        exchange: LiveStripeExchange
    ) {
        self.server = server
        self.simulator = simulator
        self.folder = folder
        self.authorityFile = authorityFile
        self.exchange = exchange
    }

    /// Makes what is missing and starts all of it; ready for calls when it returns.
    package static func start(
        _ options: Options, logger: Logger, reached: @escaping @Sendable (CrashPoint) -> Void = { _ in }
    ) async throws -> DevelopmentServer {
        let folder = DevelopmentFolder(options.folder)
        try folder.prepare()
        let files = try DevelopmentAuthority.ensure(in: folder.path)
        var simulator: SimulatorHost?
        if options.stripeURL == nil {
            var simulatorLogger = logger
            // Hummingbird calls each connection that the end closes an error.
            simulatorLogger.logLevel = .critical
            simulator = try await SimulatorHost.start(
                simulatorOptions(options, secret: folder.read(folder.webhookSecretFile), files),
                logger: simulatorLogger)
        }
        let stripeURL = options.stripeURL ?? simulator?.url ?? ""
        do {
            let configuration = try await configuration(options, folder, files, stripeURL: stripeURL)
            let exchange = try StripeExchangeSetup.live(stripeURL, logger: logger)
            do {
                let server = try await Server.start(
                    configuration, exchange: exchange, logger: logger, reached: reached)
                let development = DevelopmentServer(
                    server: server, simulator: simulator, folder: folder, authorityFile: files.authority,
                    exchange: exchange)
                // Its port may be known only now. What recovery has done at the simulator already waits for this.
                simulator?.deliver(to: webhookURL(ingressPort: server.ingressPort))
                try await development.makeTenant()
                try development.clientFile.write(to: folder.clientFile)
                return development
            } catch {
                try? await exchange.shutdown()
                throw error
            }
        } catch {
            await simulator?.stop()
            throw error
        }
    }

    /// Drains the server, and ends the simulator after it.
    package func stop() async {
        await server.drain()
        try? await exchange.shutdown()
        await simulator?.stop()
    }

    /// What a client needs to call as the development tenant.
    package func clientSettings() throws(StartupError) -> ClientSettings {
        ClientSettings(
            address: address,
            authorities: try PrivateFile.text(of: authorityFile), apiKey: try folder.read(folder.apiKeyFile))
    }

    /// Where clients find it: the name that its certificate has, and its port.
    package var address: ListenAddress { ListenAddress(host: "localhost", port: server.port) }

    private var clientFile: ClientSettings.File {
        .init(address: "\(address)", authorityFile: authorityFile, apiKeyFile: folder.apiKeyFile)
    }

    private func makeTenant() async throws {
        let admin = server.control.snapshot.principals.values.first { $0.isAdmin }
        guard let admin else {
            throw StartupError("\(folder.path) has no admin. Remove it to begin anew, and start again.")
        }
        let request = NewTenant(
            name: Self.tenantName, defaultCurrency: .usd, stripeSecretKey: try folder.read(folder.stripeKeyFile),
            webhookSecret: try folder.read(folder.webhookSecretFile))
        do throws(PaymentError) {
            let created = try await server.control.createTenant(request, by: admin.id, key: nil)
            if let key = created.apiKey { try? PrivateFile.write(key + "\n", to: folder.apiKeyFile) }
        } catch {
            throw StartupError("The tenant “\(Self.tenantName)” can't be made: \(error.message)")
        }
        _ = try folder.read(folder.apiKeyFile)
    }

    private static func simulatorOptions(
        _ options: Options, secret: String, _ files: DevelopmentAuthority.Files
    ) -> SimulatorHost.Options {
        var simulator = SimulatorHost.Options()
        simulator.listen = options.simulator
        simulator.seed = options.seed
        simulator.webhookURLFollows = true
        simulator.webhookSecret = secret
        simulator.webhookAuthorityFile = files.authority
        return simulator
    }

    /// Where the development tenant's webhooks go.
    package static func webhookURL(ingressPort: Int) -> String {
        "https://localhost:\(ingressPort)/webhooks/stripe/\(tenantName)"
    }

    private static func configuration(
        _ options: Options, _ folder: DevelopmentFolder, _ files: DevelopmentAuthority.Files, stripeURL: String
    ) async throws(StartupError) -> ServerConfiguration {
        let own = [
            "data": folder.data, "listen": "\(options.listen)", "ingress": "\(options.ingress)",
            "operations": "\(options.operations)", "certificate.file": files.server,
            "certificate.key.file": files.serverKey, "master.key.file": folder.masterKeyFile, "stripe.url": stripeURL,
        ]
        return try await ServerConfiguration.read(
            flags: own.merging(options.settings) { $1 }, file: nil, environment: [:])
    }
}
