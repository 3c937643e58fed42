import Logging
import RemitStripeHTTP
import ServiceLifecycle
import UnixSignals

/// Runs a server as a process does: until a signal, then the drain.
package enum ServerRun {
    /// Serves until SIGTERM or SIGINT.
    package static func serve(_ configuration: ServerConfiguration) async throws {
        let logger = try logger(level: configuration.logLevel, format: configuration.logFormat)
        let exchange = try StripeExchangeSetup.live(configuration.stripeURL, logger: logger)
        do {
            let server = try await Server.start(configuration, exchange: exchange, logger: logger)
            logger.notice(
                "Serving",
                metadata: [
                    "port": "\(server.port)", "ingress": "\(server.ingressPort)",
                    "operations": "\(server.operationsPort)",
                ])
            try await run(ServerService { await server.drain() }, logger)
        } catch {
            try? await exchange.shutdown()
            throw error
        }
        try await exchange.shutdown()
    }

    /// Serves what ``DevelopmentServer`` makes, until SIGTERM or SIGINT; `started` is told when it takes calls.
    ///
    /// `crashAt`, `name[:nth]`, ends the process as by SIGKILL at that point.
    package static func serveDevelopment(
        _ options: DevelopmentServer.Options, logLevel: String, logFormat: String, crashAt: String?,
        started: (DevelopmentServer) -> Void
    ) async throws {
        let logger = try logger(level: logLevel, format: logFormat)
        let plan = try crashAt.map { text throws(StartupError) in try CrashPlan(text) }
        let development = try await DevelopmentServer.start(options, logger: logger) { plan?.reached($0) }
        started(development)
        try await run(ServerService { await development.stop() }, logger)
    }

    /// Serves a simulator until SIGTERM or SIGINT.
    package static func serveSimulator(
        _ options: SimulatorHost.Options, logLevel: String, started: (SimulatorHost) -> Void
    ) async throws {
        let logger = try logger(level: logLevel, format: "auto")
        let simulator = try await SimulatorHost.start(options, logger: logger)
        started(simulator)
        try await run(ServerService { await simulator.stop() }, logger)
    }

    private static func run(_ service: ServerService, _ logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }

    private static func logger(level: String, format: String) throws(StartupError) -> Logger {
        guard let level = Logger.Level(rawValue: level) else {
            throw StartupError(
                "“\(level)” is no log level. Use trace, debug, info, notice, warning, error or critical.")
        }
        let format = LineLogHandler.format(named: format)
        return Logger(label: "remit") { LineLogHandler(label: $0, level: level, format: format) }
    }
}
