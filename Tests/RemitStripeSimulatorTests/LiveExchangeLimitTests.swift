import NIOCore
import NIOPosix
import RemitDomain
import RemitStripe
import RemitStripeHTTP
import RemitStripeSimulator
import RemitStripeSimulatorHTTP
import Synchronization
import Testing

/// What the live exchange takes from Stripe at most.
@Suite struct LiveExchangeLimitTests {
    @Test("reads an answer up to its limit, and says that a larger one is too large")
    func answerSize() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try SimulatorServer(
            SimulatorConfiguration(), books: SimulatorBooks(seed: 3), group: group, logger: Fidelity.silent)
        let endpoint = try StripeEndpoint("http://127.0.0.1:\(try await server.start())")
        let request = StripeHTTPRequest(
            method: .get, target: "/v1/payment_intents?limit=1", secretKey: StripeSecret("sk_test_1"))

        func answer(_ limits: LiveStripeExchange.Limits) async throws -> StripeHTTPResult {
            let exchange = LiveStripeExchange(endpoint: endpoint, limits: limits, group: group, logger: Fidelity.silent)
            let result = await exchange.exchange(request)
            try await exchange.shutdown()
            return result
        }
        var limits = LiveStripeExchange.Limits()
        #expect(limits.responseSizeMax == 4 << 20)
        guard case .response(let response) = try await answer(limits) else {
            Issue.record("An answer of usual size is read.")
            try await server.shutdown()
            return
        }
        limits.responseSizeMax = response.body.count
        if case .failed(let failure) = try await answer(limits) { Issue.record("The answer fits: \(failure)") }
        limits.responseSizeMax -= 1
        #expect(try await answer(limits) == .failed(.responseTooLarge))
        try await server.shutdown()
    }

    @Test("opens so many connections at once and no more: another request waits", .timeLimit(.minutes(1)))
    func connections() async throws {
        #expect(LiveStripeExchange.Limits().connectionsMax == 1_024)
        let server = try await HoldingServer(answersAfter: 2)
        let endpoint = try StripeEndpoint("http://127.0.0.1:\(server.port)")
        var limits = LiveStripeExchange.Limits()
        limits.connectionsMax = 2
        let exchange = LiveStripeExchange(
            endpoint: endpoint, limits: limits, group: MultiThreadedEventLoopGroup.singleton, logger: Fidelity.silent)
        let request = StripeHTTPRequest(
            method: .get, target: "/v1/payment_intents?limit=1", secretKey: StripeSecret("sk_test_1"))
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    guard case .response(let response) = await exchange.exchange(request) else { return nil }
                    return response.status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 6))
        #expect(server.connectionCount == 2)
        try await exchange.shutdown()
        try await server.close()
    }
}

/// An HTTP server that answers only when so many requests wait for it, all of them at once.
private final class HoldingServer: Sendable {
    private struct State {
        var connections = 0
        var waiting: [any Channel] = []
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let server: HoldingServer
        private var head = ""

        init(_ server: HoldingServer) { self.server = server }

        func channelActive(context: ChannelHandlerContext) {
            server.state.withLock { $0.connections += 1 }
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.hasSuffix("\r\n\r\n") else { return }
            head = ""
            server.asked(context.channel)
        }
    }

    private let state = Mutex(State())
    private let answersAfter: Int
    private let listening = Mutex<(any Channel)?>(nil)

    init(answersAfter count: Int) async throws {
        answersAfter = count
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listening.withLock { $0 = channel }
    }

    var port: Int { listening.withLock { $0?.localAddress?.port ?? 0 } }
    var connectionCount: Int { state.withLock { $0.connections } }

    func close() async throws { try await listening.withLock { $0 }?.close() }

    private func asked(_ channel: any Channel) {
        let ready = state.withLock { state -> [any Channel] in
            state.waiting.append(channel)
            guard state.waiting.count == answersAfter else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for channel in ready {
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), promise: nil)
        }
    }
}
