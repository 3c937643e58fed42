package import Logging
import NIOCore
import NIOPosix
import RemitStripe
package import RemitStripeSimulator
import RemitStripeSimulatorHTTP

/// A Stripe simulator behind HTTP on this machine, with the webhooks that it sends.
package final class SimulatorHost: Sendable {
    /// What a simulator is started with.
    package struct Options: Sendable {
        /// A loopback address.
        package var listen = ListenAddress(host: "127.0.0.1", port: 0)
        /// Every random choice of the simulator comes from it.
        package var seed: UInt64 = 1
        /// Where events are sent; nil: nowhere.
        package var webhookURL: String?
        /// The URL is told later, by ``SimulatorHost/deliver(to:)``; events wait for it.
        package var webhookURLFollows = false
        /// What they are signed with.
        package var webhookSecret = ""
        /// PEM file of the authorities that the receiver's certificate is checked against.
        package var webhookAuthorityFile: String?
        /// Milliseconds that each request takes.
        package var latencyMilliseconds = 0
        /// Deliveries in 1,000 that are lost, sent twice, or late.
        package var dropPerMille = 0
        package var duplicatePerMille = 0
        package var delayPerMille = 0

        package init() {}
    }

    package let port: Int
    /// What the simulator holds.
    package let books: SimulatorBooks
    private let server: SimulatorServer
    private let webhookSecret: StripeSecret

    /// The base URL for `--stripe-url`.
    package var url: String { "http://127.0.0.1:\(port)" }

    private init(port: Int, books: SimulatorBooks, server: SimulatorServer, webhookSecret: StripeSecret) {
        self.port = port
        self.books = books
        self.server = server
        self.webhookSecret = webhookSecret
    }

    /// Starts one; listening when it returns.
    package static func start(_ options: Options, logger: Logger) async throws -> SimulatorHost {
        do {
            var configuration = SimulatorConfiguration()
            configuration.host = options.listen.host
            configuration.port = options.listen.port
            configuration.webhookAuthoritiesFile = options.webhookAuthorityFile
            configuration.deliverySeed = options.seed
            configuration.deliveryFaults.dropPerMille = options.dropPerMille
            configuration.deliveryFaults.duplicatePerMille = options.duplicatePerMille
            configuration.deliveryFaults.delayPerMille = options.delayPerMille
            configuration.webhooksFollow = options.webhookURLFollows
            let secret = StripeSecret(options.webhookSecret)
            if options.webhookURL != nil || options.webhookURLFollows {
                guard !options.webhookSecret.isEmpty else {
                    throw StartupError("Webhooks must be signed: pass their secret (--secret whsec_…).")
                }
                configuration.webhooks = options.webhookURL.map { [.init(url: $0, secret: secret)] } ?? []
            }
            let books = SimulatorBooks(
                seed: options.seed, clock: SystemClock(),
                faults: FaultPlan(latencyMilliseconds: options.latencyMilliseconds))
            // On the process's own event loops, which don't end: a webhook's connection that its receiver's death breaks
            // off may still have something to do when the client that it belonged to is shut down.
            let server = try SimulatorServer(
                configuration, books: books, clock: SystemClock(), group: MultiThreadedEventLoopGroup.singleton,
                logger: logger)
            let port = try await server.start()
            return SimulatorHost(port: port, books: books, server: server, webhookSecret: secret)
        } catch {
            if error is StartupError { throw error }
            throw StartupError("The simulator can't start on \(options.listen): \(error)")
        }
    }

    /// Says where events are sent, those before included (``Options/webhookURLFollows``); the first call counts.
    package func deliver(to webhookURL: String) {
        server.deliver(to: [.init(url: webhookURL, secret: webhookSecret)])
    }

    /// Ends it; its books are gone.
    package func stop() async {
        try? await server.shutdown()
    }
}
