package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import RemitDomain
package import RemitHTTP
import RemitService
import RemitStorage
package import RemitStripe
package import RemitTenant
import RemitTransport
import Synchronization

/// A running server: one data directory, and the doors to it.
package final class Server: Sendable {
    package typealias Directory = TenantDirectory

    /// The port of `remit/1`.
    package let port: Int
    /// The port of the webhooks.
    package let ingressPort: Int
    /// The port of /healthz, /readyz and /metrics.
    package let operationsPort: Int
    package let control: ControlPlane
    package let directory: Directory
    package let webhooks: WebhookCounters

    private let parts: Parts
    private let isDrained = Atomic<Bool>(false)

    /// What a drain ends, in its order.
    private struct Parts: Sendable {
        var webhooks: TenantWebhooks
        var isReady: Readiness
        var listener: Listener
        var listeners: [HTTPListener]
        var background: [Task<Void, Never>]
        var group: MultiThreadedEventLoopGroup
        var drain: Duration
        var dataDirectory: DataDirectory
        var logger: Logger
    }

    private init(
        control: ControlPlane, directory: Directory, counters: WebhookCounters, parts: Parts, ingressPort: Int,
        operationsPort: Int
    ) {
        self.control = control
        self.directory = directory
        self.parts = parts
        webhooks = counters
        port = parts.listener.port
        self.ingressPort = ingressPort
        self.operationsPort = operationsPort
    }

    /// Opens the data directory and all doors; ready for calls when it returns.
    ///
    /// `exchange` carries the tenants' requests to Stripe. `reached` is called at each crash point.
    package static func start(
        _ configuration: ServerConfiguration, exchange: some StripeExchange, logger: Logger,
        reached: @escaping @Sendable (CrashPoint) -> Void = { _ in }
    ) async throws -> Server {
        DescriptorLimit.raise()
        let clock = SystemClock()
        let tls = try serverTLS(configuration)
        let site = try openSite(configuration, clock, logger)
        let control = site.control
        let exchange = CountingExchange(exchange)
        let processors = TenantProcessors(control: control, exchange: exchange, clock: clock)
        let directory = Directory(
            site: site, processors: processors, settings: settings(configuration, reached), logger: logger,
            deliver: Answers.deliver)
        let services = RemitServices(
            directory: directory, control: control, key: control.requestDigestKey, logger: logger)
        let threads = configuration.eventLoopThreads
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads > 0 ? threads : System.coreCount)
        EventLoopPriority.lower(group)
        let isReady = Readiness()
        let desk = TenantWebhooks(control: control, processors: processors, directory: directory)
        let ingress = WebhookIngress(desk: desk, clock: clock)
        let status = OperationsStatus(
            isReady: { isReady.value },
            metrics: {
                MetricsSnapshot(
                    calls: services.metrics, underWay: services.callsUnderWay, directory.readings, at: clock.now()
                ).text
                    + ingress.counters.text + exchange.text
            })
        var httpLogger = logger
        // Hummingbird calls each connection that a drain closes an error.
        httpLogger.logLevel = .critical
        let ingressListener = try HTTPListener(
            ingress.router(), host: configuration.ingress.host, port: configuration.ingress.port, tls: tls,
            group: group, logger: httpLogger)
        let operationsListener = try HTTPListener(
            OperationsListener(status: status).router(), host: configuration.operations.host,
            port: configuration.operations.port, tls: nil, group: group, logger: httpLogger)
        let background = [serve(ingressListener), serve(operationsListener), attendToTenants(of: directory)]
        do {
            let ports = (try await ingressListener.port, try await operationsListener.port)
            var limits = TransportLimits()
            limits.drain = .milliseconds(Int64(configuration.drainMilliseconds))
            limits.connectionsMax = DescriptorLimit.clients(
                within: DescriptorLimit.hard, atMost: limits.connectionsMax)
            let listener = try await Listener.start(
                group: group, host: configuration.listen.host, port: configuration.listen.port, tls: tls,
                router: services.router, limits: limits, logger: logger,
                connectionsChanged: { [weak directory] in directory?.reserveDescriptors($0) })
            directory.start()
            isReady.set(true)
            let parts = Parts(
                webhooks: desk, isReady: isReady, listener: listener,
                listeners: [ingressListener, operationsListener], background: background, group: group,
                drain: .milliseconds(configuration.drainMilliseconds), dataDirectory: site.directory, logger: logger)
            return Server(
                control: control, directory: directory, counters: ingress.counters, parts: parts, ingressPort: ports.0,
                operationsPort: ports.1)
        } catch {
            await end([ingressListener, operationsListener], background)
            await directory.close(within: .seconds(1))
            await control.close()
            if !directory.hasAbandoned { site.directory.release() }
            try? await group.shutdownGracefully()
            throw StartupError(
                "A listener can't be opened (\(error)). Is another server running on"
                    + " \(configuration.listen), \(configuration.ingress) or \(configuration.operations)?")
        }
    }

    /// Goes away: no new calls, webhooks get 503, running calls end within the configured time, everything is closed.
    ///
    /// Harmless twice.
    package func drain() async {
        guard !isDrained.exchange(true, ordering: .acquiringAndReleasing) else { return }
        parts.logger.notice("Draining")
        parts.isReady.set(false)
        parts.webhooks.drain()
        await parts.listener.drain()
        await directory.close(within: parts.drain)
        await Self.end(parts.listeners, parts.background)
        await control.close()
        // Else it is held until the process has ended.
        if !directory.hasAbandoned { parts.dataDirectory.release() }
        try? await parts.group.shutdownGracefully()
        parts.logger.notice("Stopped")
    }

    private static func openSite(
        _ configuration: ServerConfiguration, _ clock: SystemClock, _ logger: Logger
    ) throws(StartupError) -> TenantSite {
        let masterKey = try configuration.masterKeyBytes()
        do throws(StorageError) {
            let directory = try DataDirectory(path: configuration.data)
            let (journal, kept) = try JournalStart.open(in: directory, logger)
            let database = try ControlDatabase.open(
                path: directory.controlPath, seal: try SecretSeal(masterKey: masterKey))
            let control = try ControlPlane(
                database: database, directory: directory, clock: clock, randomness: SystemRandomness())
            return TenantSite(
                directory: directory, control: control, journal: journal, kept: kept, clock: clock,
                randomness: SystemRandomness(), encoder: MessageEncoder.self)
        } catch {
            throw StartupError(error.message)
        }
    }

    private static func settings(
        _ configuration: ServerConfiguration, _ reached: @escaping @Sendable (CrashPoint) -> Void
    ) -> DirectorySettings {
        var settings = DirectorySettings()
        settings.openTenantsMax = configuration.openTenantsMax
        settings.readerConnectionsMax = DescriptorLimit.readerConnections(within: DescriptorLimit.hard)
        settings.lentDescriptorsMax = DescriptorLimit.lent(
            within: DescriptorLimit.hard, openTenants: settings.openTenantsMax)
        settings.pageCacheKibibytesMax = configuration.pageCacheMebibytes * 1_024
        settings.storageThreads = configuration.storageThreads
        settings.cores = CoreCount.allowed(of: System.coreCount)
        settings.tenant.reached = reached
        return settings
    }

    private static func serverTLS(_ configuration: ServerConfiguration) throws(StartupError) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(configuration.certificateFile)
            let key = try NIOSSLPrivateKey(file: configuration.certificateKeyFile, format: .pem)
            return .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        } catch {
            throw StartupError(
                "The certificate \(configuration.certificateFile) or its key \(configuration.certificateKeyFile) can't"
                    + " be read. Pass PEM files by --certificate-file and --certificate-key-file, or try"
                    + " `remit serve --dev`, which makes its own.")
        }
    }

    private static func serve(_ listener: HTTPListener) -> Task<Void, Never> {
        // Detached: a service group's graceful shutdown must not reach it before the drain is over.
        Task.detached {
            // Why it couldn't start is told by its port; when it ends later, it was cancelled.
            try? await listener.run()
        }
    }

    private static func end(_ listeners: [HTTPListener], _ background: [Task<Void, Never>]) async {
        for listener in listeners { await listener.stop() }
        // The listeners have been told, and mustn't be cancelled; the last one sleeps until it is.
        background.last?.cancel()
        for task in background { await task.value }
    }

    private static func attendToTenants(of directory: Directory) -> Task<Void, Never> {
        // Detached: it lives as long as the server, whoever started that.
        Task.detached { [weak directory] in
            // Two seconds: the shortest wait that a tenant may ask for is longer.
            while (try? await Task.sleep(for: .seconds(2))) != nil {
                directory?.openDue()
                directory?.restIdle()
            }
        }
    }
}
