import Hummingbird
import NIOPosix
import RemitDomain
import RemitStripe
import RemitStripeHTTP
import RemitStripeSimulator
import RemitStripeSimulatorHTTP
import Testing

@Suite struct WebhookDeliveryTests {
    /// What a receiver got: the header and the raw body.
    struct Received: Sendable {
        var signature: String
        var body: [UInt8]
        var type: String
    }

    private static let secret = StripeSecret("whsec_loopback")

    /// Runs `body` with a receiver on loopback, a simulator that sends to it, and an exchange to the simulator.
    private func withSimulator(
        receive: @escaping @Sendable (Received) async throws -> HTTPResponse.Status,
        _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (LiveStripeExchange, _ nameEndpoints: () -> Void) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let ports = Wiretap<Int>()
        let receiver = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in
                let body = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
                let signature = request.headers.first { $0.name.canonicalName == "stripe-signature" }?.value ?? ""
                let type = try JSONValue(parsing: body)["type"]?.string ?? ""
                return Response(status: try await receive(Received(signature: signature, body: body, type: type)))
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ports.append($0.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(group), logger: Fidelity.silent)
        var configuration = SimulatorConfiguration()
        configure(&configuration)
        try await withThrowingTaskGroup(of: Void.self) { [configuration] tasks in
            tasks.addTask { try await receiver.run() }
            var configuration = configuration
            let port = await ports.values(1)[0]
            let endpoints = [
                SimulatorConfiguration.WebhookEndpoint(url: "http://127.0.0.1:\(port)/hook", secret: Self.secret)
            ]
            if !configuration.webhooksFollow { configuration.webhooks = endpoints }
            let books = SimulatorBooks(seed: 3, clock: SimulatorClock())
            let server = try SimulatorServer(configuration, books: books, group: group, logger: Fidelity.silent)
            let url = "http://127.0.0.1:\(try await server.start())"
            let exchange = LiveStripeExchange(
                endpoint: try StripeEndpoint(url), group: group, logger: Fidelity.silent)
            let result = await Result { () async throws in
                try await body(exchange, { server.deliver(to: endpoints) })
            }
            try await exchange.shutdown()
            try await server.shutdown()
            tasks.cancelAll()
            try result.get()
        }
    }

    private static func pay(_ exchange: LiveStripeExchange) async -> Int? {
        var form = Form()
        form.add("amount", 4_900)
        form.add("currency", "usd")
        form.add("payment_method", "pm_card_visa")
        form.add("confirm", true)
        form.add("off_session", true)
        let result = await exchange.exchange(
            StripeHTTPRequest(
                method: .post, target: "/v1/payment_intents", body: Array(form.encoded.utf8),
                secretKey: StripeSecret("sk_test_webhooks")))
        guard case .response(let response) = result else { return nil }
        return response.status
    }

    @Test func sendsSignedEventsThatVerifyOverTheRawBody() async throws {
        let received = Wiretap<Received>()
        try await withSimulator(receive: {
            received.append($0); return .ok
        }) { exchange, _ in
            #expect(await Self.pay(exchange) == 200)
            let deliveries = await received.values(3)
            #expect(
                Set(deliveries.map(\.type)) == [
                    "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                ])
            for delivery in deliveries {
                try WebhookSignature.verify(
                    header: delivery.signature, body: delivery.body, secrets: [Self.secret],
                    now: SimulatorClock().now())
            }
        }
    }

    @Test func eventsWaitForTheirEndpointsToBeNamed() async throws {
        let received = Wiretap<String>()
        try await withSimulator(
            receive: {
                received.append($0.type); return .ok
            }, { $0.webhooksFollow = true }
        ) { exchange, nameEndpoints in
            #expect(await Self.pay(exchange) == 200)
            nameEndpoints()
            #expect(
                Set(await received.values(3)) == [
                    "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                ])
        }
    }

    @Test func aRefusedDeliveryIsTriedAgainAndASlowOneDelaysNothing() async throws {
        let received = Wiretap<String>()
        let tries = Wiretap<String>()
        let released = Wiretap<Void>()
        try await withSimulator(receive: { delivery in
            switch delivery.type {
            case "payment_intent.created":
                // Answers only when all else has arrived.
                _ = await released.values(1)
            case "charge.succeeded":
                tries.append(delivery.type)
                if await tries.values(1).count == 1 { return .internalServerError }
            default: break
            }
            received.append(delivery.type)
            return .ok
        }) { exchange, _ in
            #expect(await Self.pay(exchange) == 200)
            #expect(Set(await received.values(2)) == ["payment_intent.succeeded", "charge.succeeded"])
            #expect(await tries.values(2).count == 2)
            released.append(())
            #expect(await received.values(3).last == "payment_intent.created")
        }
    }

    @Test func duplicatesWhatItIsToldToDuplicate() async throws {
        let received = Wiretap<Received>()
        try await withSimulator(
            receive: {
                received.append($0); return .ok
            }, { $0.deliveryFaults.duplicatePerMille = 1_000 }
        ) { exchange, _ in
            #expect(await Self.pay(exchange) == 200)
            let deliveries = await received.values(6)
            #expect(Set(deliveries.map(\.body)).count == 3)
        }
    }

    @Test func listensOnLoopbackOnly() {
        var configuration = SimulatorConfiguration()
        configuration.host = "0.0.0.0"
        #expect(throws: SimulatorServer.NotLoopback.self) {
            _ = try SimulatorServer(
                configuration, books: SimulatorBooks(seed: 1), group: MultiThreadedEventLoopGroup.singleton,
                logger: Fidelity.silent)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
