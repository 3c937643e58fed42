import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RemitAPI
import RemitClient
import RemitDomain
import RemitRPC
import RemitServer
import RemitStripe
import RemitWire
import Synchronization

/// A development server of one test's own, with clients, in a folder that it is given.
struct ServerHarness: Sendable {
    let development: DevelopmentServer
    let client: RemitClient
    let log: LogLines

    var payments: PaymentServiceClient<RemitClient> { PaymentServiceClient(client) }
    var events: EventServiceClient<RemitClient> { EventServiceClient(client) }

    /// Runs `body` against a server that is drained afterwards.
    static func run<R>(
        in folder: String, settings: [String: String] = [:], stripeURL: String? = nil,
        _ body: (ServerHarness) async throws -> R
    ) async throws -> R {
        let log = LogLines()
        let logger = Logger(label: "test") { label in
            LineLogHandler(label: label, level: .debug, format: .json, write: { log.append($0) })
        }
        var options = DevelopmentServer.Options.onFreePorts(in: folder)
        options.settings = [
            "storage.threads": "2", "event.loop.threads": "2", "drain.ms": "5000", "page.cache.mib": "512",
        ]
        .merging(settings) { $1 }
        options.stripeURL = stripeURL
        let development = try await DevelopmentServer.start(options, logger: logger)
        do {
            let settings = try development.clientSettings()
            let client = try await connect(settings)
            let result = try await body(ServerHarness(development: development, client: client, log: log))
            await client.close()
            await development.stop()
            return result
        } catch {
            await development.stop()
            throw error
        }
    }

    /// Tries a few times: under a sanitizer, beside all other tests, a handshake may take longer than it is given.
    static func connect(_ settings: ClientSettings, connections: Int = 1) async throws -> RemitClient {
        var triesLeft = 3
        while true {
            triesLeft -= 1
            do {
                return try await RemitClient.connect(
                    host: settings.address.host, port: settings.address.port,
                    authority: settings.authorities.map { .pem($0) } ?? .system, apiKey: settings.apiKey,
                    tenant: settings.tenant ?? "", connections: connections)
            } catch {
                guard error.reason == "cannot_connect", triesLeft > 0 else { throw error }
            }
        }
    }

    /// A client with another key.
    func client(apiKey: String, tenant: String? = nil) async throws -> RemitClient {
        var settings = try development.clientSettings()
        settings.apiKey = apiKey
        settings.tenant = tenant
        return try await Self.connect(settings)
    }

    func admin() async throws -> RemitClient {
        try await client(apiKey: development.folder.read(development.folder.adminKeyFile))
    }

    func process(
        order: String, amount: Int64 = 10_000, capture: RemitAPI.CaptureMethod = .automatic, key: String? = nil
    ) async throws -> RemitAPI.Payment {
        var request = ProcessPaymentRequest()
        request.orderId = order
        request.amount = amount
        request.currency = "usd"
        request.paymentMethod = "pm_card_visa"
        request.captureMethod = capture
        request.offSession = true
        return try await payments.processPayment(request, options: CallOptions(idempotencyKey: key)).payment
            ?? RemitAPI.Payment()
    }

    func get(_ id: String) async throws -> RemitAPI.Payment {
        try await payments.getPayment(.with { $0.key = .id(id) }).payment ?? RemitAPI.Payment()
    }

    /// The payment's history once `isEnough` holds of it; driven by the tenant's stream of events and webhooks.
    func history(
        _ id: String, until isEnough: ([RemitAPI.PaymentHistory]) -> Bool
    ) async throws -> [RemitAPI.PaymentHistory] {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let rows = try await payments.listPaymentHistory(
                .with {
                    $0.id = id
                    $0.pageSize = 100
                }
            ).rows
            if isEnough(rows) || ContinuousClock.now > end { return rows }
            await Task.yield()
        }
    }

    func allEvents() async throws -> [RemitAPI.Event] {
        try await events.listEvents(.with { $0.pageSize = 100 }).events
    }

    /// Posts a webhook; the status of the answer.
    func post(_ body: [UInt8], signature: String, tenant: String = "dev") async throws -> UInt {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(development.authorityFile))
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = tls
        let http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        var request = HTTPClientRequest(
            url: "https://localhost:\(development.server.ingressPort)/webhooks/stripe/\(tenant)")
        request.method = .POST
        request.headers.add(name: "Stripe-Signature", value: signature)
        request.body = .bytes(body)
        do {
            let response = try await http.execute(request, timeout: .seconds(10))
            let status = response.status.code
            try await http.shutdown()
            return status
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    /// What an operations listener answers.
    func operations(_ path: String) async throws -> (status: UInt, body: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(development.server.operationsPort)\(path)"),
            timeout: .seconds(10))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    func signature(_ body: [UInt8], secret: String? = nil) throws -> String {
        let secret = try secret ?? development.folder.read(development.folder.webhookSecretFile)
        return WebhookSignature.header(signing: body, secrets: [StripeSecret(secret)], at: SystemClock().now())
    }
}

/// Log lines, kept to be looked through.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
