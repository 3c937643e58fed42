import Logging
import NIOCore
import NIOPosix
import RemitDomain
import RemitHTTP
import RemitServer
import RemitStripe
import Synchronization
import Testing

@Suite struct AdversaryIngressTests {
    /// A desk without tenants, which counts who was looked up.
    private struct Desk: WebhookDesk {
        var isDraining = false

        func endpoint(named name: String) -> WebhookEndpoint? { nil }

        @concurrent func store(_ body: [UInt8], for tenant: TenantID) async throws(PaymentError) {
            Issue.record("Nothing is verified here, so nothing may be stored.")
        }
    }

    private func run(
        _ desk: Desk, _ ingress: WebhookIngress, requestTime: TimeAmount = .seconds(15),
        _ body: (Int) async throws -> Void
    ) async throws {
        let listener = try HTTPListener(
            ingress.router(), host: "127.0.0.1", port: 0, tls: nil, group: MultiThreadedEventLoopGroup.singleton,
            requestTime: requestTime, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
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
        try await run(Desk(), ingress, requestTime: .milliseconds(50)) { port in
            let answer = try await exchange(text, port: port)
            #expect(answer.isEmpty)
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
