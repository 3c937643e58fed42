import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import RemitDomain
import RemitStripe
import RemitStripeSimulator
import Synchronization

/// Sends signed events to their endpoints, each by itself: a slow receiver delays no other delivery.
final class WebhookSender: Sendable {
    typealias Endpoint = SimulatorConfiguration.WebhookEndpoint

    /// Deliveries under way and waiting for their next try; beyond it new ones are dropped, as a log says.
    static let pendingMax = 100_000
    /// Stripe retries for three days; here the tries end after about an hour.
    static let triesMax = 16
    static let firstPauseMilliseconds: Int64 = 500
    static let longestPauseMilliseconds: Int64 = 300_000
    /// How long a receiver may take to answer.
    static let tryMilliseconds: Int64 = 10_000
    /// Connections to one receiver; slow answers beyond it make other deliveries wait.
    static let connectionsMax = 256

    /// One element, once they are known.
    private let endpoints: AsyncStream<[Endpoint]>
    private let naming: AsyncStream<[Endpoint]>.Continuation
    private let faults: SimulatorConfiguration.DeliveryFaults
    private let random: Mutex<SeededRandom>
    private let clock: any WallClock
    private let settings: HTTPClient.Configuration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let queue: AsyncStream<EventDelivery>
    private let intake: AsyncStream<EventDelivery>.Continuation

    init(_ configuration: SimulatorConfiguration, clock: any WallClock, group: any EventLoopGroup, logger: Logger)
        throws
    {
        var client = HTTPClient.Configuration()
        client.redirectConfiguration = .disallow
        client.timeout.connect = .seconds(3)
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsMax
        client.connectionPool.retryConnectionEstablishment = false
        if let file = configuration.webhookAuthoritiesFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
            client.tlsConfiguration = tls
        }
        settings = client
        self.group = group
        faults = configuration.deliveryFaults
        random = Mutex(SeededRandom(seed: configuration.deliverySeed))
        self.clock = clock
        self.logger = logger
        (queue, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.pendingMax))
        (endpoints, naming) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        if !configuration.webhooksFollow { deliver(to: configuration.webhooks) }
    }

    /// Says where events go; the first call counts.
    func deliver(to endpoints: [Endpoint]) {
        naming.yield(endpoints)
        naming.finish()
    }

    /// Takes events to be sent; never waits.
    func enqueue(_ deliveries: [EventDelivery]) {
        for delivery in deliveries {
            if case .dropped = intake.yield(delivery) {
                logger.warning("Dropped an event: too many are pending", metadata: ["event": "\(delivery.eventID)"])
            }
        }
    }

    /// Sends until it is canceled, and then closes the connections.
    func run() async throws {
        let client = HTTPClient(eventLoopGroup: group, configuration: settings)
        let endpoints = await endpoints.first { _ in true } ?? []
        await withDiscardingTaskGroup { group in
            for await delivery in queue {
                for endpoint in endpoints where endpoint.account ?? delivery.account == delivery.account {
                    let (copies, delay) = fate()
                    for _ in 0..<copies {
                        group.addTask { await self.deliver(delivery, to: endpoint, after: delay, client) }
                    }
                }
            }
            group.cancelAll()
        }
        try await client.shutdown()
    }

    /// How many copies are sent, and how much later.
    private func fate() -> (copies: Int, delayMilliseconds: Int64) {
        random.withLock { random in
            let roll = Int(random.next() % 1_000)
            if roll < faults.dropPerMille { return (0, 0) }
            let copies = Int(random.next() % 1_000) < faults.duplicatePerMille ? 2 : 1
            let isLate = Int(random.next() % 1_000) < faults.delayPerMille
            return (copies, isLate ? Int64(faults.delayMilliseconds) : 0)
        }
    }

    private func deliver(
        _ delivery: EventDelivery, to endpoint: Endpoint, after delay: Int64,
        _ client: HTTPClient
    ) async {
        var pause = delay
        for attempt in 1...Self.triesMax {
            if pause > 0 {
                guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { return }
            }
            if await attemptSucceeds(delivery, endpoint, attempt, client) { return }
            if Task.isCancelled { return }
            let backoff = Self.firstPauseMilliseconds << Int64(attempt - 1)
            pause = min(backoff, Self.longestPauseMilliseconds)
        }
        logger.warning("Gave an event up", metadata: ["event": "\(delivery.eventID)"])
    }

    private func attemptSucceeds(
        _ delivery: EventDelivery, _ endpoint: Endpoint, _ attempt: Int,
        _ client: HTTPClient
    ) async -> Bool {
        var request = HTTPClientRequest(url: endpoint.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "Stripe/1.0 (simulator)")
        // Signed anew at each try, by its own time.
        request.headers.add(
            name: "Stripe-Signature",
            value: WebhookSignature.header(signing: delivery.body, secrets: [endpoint.secret], at: clock.now()))
        request.body = .bytes(ByteBuffer(bytes: delivery.body))
        var metadata: Logger.Metadata = [
            "event": "\(delivery.eventID)", "type": "\(delivery.type)", "attempt": "\(attempt)",
        ]
        do {
            let response = try await client.execute(request, timeout: .milliseconds(Self.tryMilliseconds))
            // Read to the end, so that the connection can be used again.
            _ = try? await response.body.collect(upTo: 1 << 16)
            metadata["status"] = "\(response.status.code)"
            logger.debug("Delivered an event", metadata: metadata)
            return (200..<300).contains(response.status.code)
        } catch {
            logger.debug("Couldn't deliver an event", metadata: metadata)
            return false
        }
    }
}
