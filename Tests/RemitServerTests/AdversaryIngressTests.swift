import Foundation
import Logging
import NIOCore
import NIOPosix
import RemitDomain
import RemitHTTP
import RemitServer
import RemitStripe
import RemitTesting
import Synchronization
import Testing

@Suite struct AdversaryIngressTests {
    /// A desk without tenants, which counts who was looked up.
    private struct Desk: WebhookDesk {
        var isDraining = false
        var addressee = WebhookAddressee.nobody

        func addressee(named name: String) -> WebhookAddressee { addressee }

        @concurrent func store(_ webhook: ReceivedWebhook, for tenant: TenantID) async throws(PaymentError) {
            Issue.record("Nothing is verified here, so nothing may be stored.")
        }
    }

    private func run(
        _ desk: Desk, _ ingress: WebhookIngress, limits: HTTPLimits = HTTPLimits(),
        _ body: (Int) async throws -> Void
    ) async throws {
        let listener = try HTTPListener(
            ingress.router(), host: "127.0.0.1", port: 0, tls: nil, group: MultiThreadedEventLoopGroup.singleton,
            limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = listener.run()
        do {
            try await body(try await listener.port)
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
        try await running
    }

    /// A client whose connection stays open.
    private final class Peer: Sendable {
        private final class Listener: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            let heard: TestSignal<String>

            init(_ heard: TestSignal<String>) { self.heard = heard }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                heard.send(String(buffer: unwrapInboundIn(data)))
            }
        }

        let channel: any Channel
        /// Each part that comes.
        let heard = TestSignal<String>()

        init(port: Int) async throws {
            let heard = heard
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Listener(heard))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
        }

        func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

        /// Sends a request and reads its whole answer.
        func answer(to text: String) async throws -> String {
            try await send(text)
            var answer = ""
            while !Self.isWhole(answer) { answer += await heard.next() }
            return answer
        }

        private static func isWhole(_ answer: String) -> Bool {
            guard let end = answer.range(of: "\r\n\r\n") else { return false }
            let head = answer[..<end.lowerBound].lowercased()
            let length = head.split(separator: "content-length: ").dropFirst().first?.prefix { $0.isNumber }
            return answer[end.upperBound...].utf8.count >= length.flatMap { Int($0) } ?? 0
        }
    }

    /// What has come so far.
    private final class Answer: Sendable {
        let text = Mutex("")
    }

    /// Sends `text` and returns what came back once the other side has closed.
    private func exchange(_ text: String, port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let answer = Answer()
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: text))
                for try await part in inbound { answer.text.withLock { $0 += String(buffer: part) } }
            }
        } catch is IOError {
            // A reset is an end, too.
        } catch ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed {
            // It was closed before all of this was sent.
        }
        return answer.text.withLock { $0 }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "", "POST /webhooks/stripe/dev HTTP/1.1\r\nHost: a\r\n",
            "POST /webhooks/stripe/dev HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
        ])
    func `a connection whose request doesn't end is closed`(text: String) async throws {
        let ingress = WebhookIngress(desk: Desk(), clock: SystemClock())
        var limits = HTTPLimits()
        limits.request = .milliseconds(50)
        try await run(Desk(), ingress, limits: limits) { port in
            let answer = try await exchange(text, port: port)
            #expect(answer.isEmpty)
        }
        #expect(ingress.counters[.tooLarge] == 0, "What doesn't come whole isn't large.")
    }

    private static let request = "POST /webhooks/stripe/dev HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    @Test(.timeLimit(.minutes(1)), arguments: ["", request])
    func `a connection without traffic is closed, before its first request and after an answer`(text: String)
        async throws
    {
        let ingress = WebhookIngress(desk: Desk(), clock: SystemClock())
        var limits = HTTPLimits()
        // Longer than the test may take: only what is idle ends.
        limits.request = .minutes(10)
        limits.idle = .milliseconds(200)
        try await run(Desk(), ingress, limits: limits) { port in
            let answer = try await exchange(text, port: port)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a connection beyond the most at once waits until another has gone`() async throws {
        let ingress = WebhookIngress(desk: Desk(), clock: SystemClock())
        var limits = HTTPLimits()
        limits.connectionsMax = 1
        try await run(Desk(), ingress, limits: limits) { port in
            let request = Self.request
            let first = try await Peer(port: port)
            #expect(try await first.answer(to: request).hasPrefix("HTTP/1.1 400"))
            let second = try await Peer(port: port)
            try await second.send(request)
            for _ in 0..<3 { #expect(try await first.answer(to: request).hasPrefix("HTTP/1.1 400")) }
            #expect(ingress.counters[.refused] == 4, "The second one's request isn't read.")
            try await first.channel.close()
            #expect(await second.heard.next().hasPrefix("HTTP/1.1 400"))
            #expect(ingress.counters[.refused] == 5)
            try await second.channel.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `while the server drains, webhooks get 503 and wait at Stripe`() async throws {
        let desk = Desk(isDraining: true)
        let ingress = WebhookIngress(desk: desk, clock: SystemClock())
        try await run(desk, ingress) { port in
            let request =
                "POST /webhooks/stripe/dev HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
            let answer = try await exchange(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 503"))
        }
        #expect(ingress.counters[.unavailable] == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a webhook for a tenant that may be known soon gets 503 and waits at Stripe`() async throws {
        let desk = Desk(addressee: .notKnownYet)
        let ingress = WebhookIngress(desk: desk, clock: SystemClock())
        try await run(desk, ingress) { port in
            let request =
                "POST /webhooks/stripe/new HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
            let answer = try await exchange(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 503"))
        }
        #expect(ingress.counters[.unavailable] == 1)
        #expect(ingress.counters[.refused] == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a body that is announced too large is refused before any of it is read`() async throws {
        let ingress = WebhookIngress(desk: Desk(), clock: SystemClock())
        try await run(Desk(), ingress) { port in
            let request =
                "POST /webhooks/stripe/dev HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 999999999\r\n\r\n"
            let answer = try await exchange(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 413"))
        }
        #expect(ingress.counters[.tooLarge] == 1)
    }
}
