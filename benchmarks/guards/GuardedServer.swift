import Logging
import NIOCore
import NIOPosix
import NIOSSL
import RemitDomain
import RemitService
import RemitStorage
import RemitStripe
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import RemitTransport

/// The parts of a server that unary calls pass, with one thread each, in this process, beside a simulated Stripe.
struct GuardedServer {
    let port: Int
    let apiKey: String
    private let listener: Listener
    private let directory: TenantDirectory
    private let control: ControlPlane
    private let folder: TemporaryDirectory
    private let group: MultiThreadedEventLoopGroup

    /// Time stands still, and random numbers repeat: every run does the same.
    static func start(certificate: String, key: String) async throws -> GuardedServer {
        let folder = try TemporaryDirectory(inMemory: true)
        let clock = ManualClock()
        let data = try DataDirectory(path: folder.file("data"), creates: true)
        let seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
        let database = try ControlDatabase.create(path: data.controlPath, seal: seal, at: clock.now())
        let control = try ControlPlane(
            database: database, directory: data, clock: clock, randomness: SeededRandom(seed: 1))
        let tenant = NewTenant(name: "guards", defaultCurrency: .usd)
        let created = try await control.createTenant(tenant, by: Fixture.principal, key: nil)
        var logger = Logger(label: "guards")
        logger.logLevel = .warning
        let directory = makeDirectory(data, control, clock, logger)
        let services = RemitServices(
            directory: directory, control: control, key: control.requestDigestKey, logger: logger)
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await Listener.start(
            group: group, host: "127.0.0.1", port: 0, tls: tls, router: services.router, logger: logger)
        return GuardedServer(
            port: listener.port, apiKey: created.apiKey ?? "", listener: listener, directory: directory,
            control: control, folder: folder, group: group)
    }

    func close() async {
        await listener.close()
        await directory.close(within: .seconds(10))
        await control.close()
        try? await group.shutdownGracefully()
    }

    private static func makeDirectory(
        _ data: DataDirectory, _ control: ControlPlane, _ clock: ManualClock, _ logger: Logger
    ) -> TenantDirectory {
        var settings = DirectorySettings()
        settings.storageThreads = 1
        settings.cores = 1
        settings.readerThreads = 1
        let site = TenantSite(
            directory: data, control: control, clock: clock, randomness: SeededRandom(seed: 3),
            encoder: MessageEncoder.self)
        let books = SimulatorBooks(seed: 1, clock: clock)
        let credentials = StripeCredentials(secretKey: StripeSecret("sk_test_0123456789abcdef"))
        let processor = StripeProcessor(exchange: books, clock: clock, credentials: credentials)
        return TenantDirectory(
            site: site, processors: OneProcessor(processor: processor), settings: settings, logger: logger,
            deliver: Answers.deliver)
    }
}

/// All tenants have the same key at Stripe.
private struct OneProcessor: ProcessorSource {
    let processor: any PaymentProcessor

    func processor(for tenant: TenantID) -> (any PaymentProcessor)? { processor }
}

extension TenantDirectory: TenantDoor {}

extension ControlPlane: ControlSource {}
