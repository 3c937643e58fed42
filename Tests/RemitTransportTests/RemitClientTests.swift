import RemitAPI
import RemitClient
import RemitRPC
import RemitTesting
import RemitTransport
import RemitWire
import Synchronization
import Testing

@Suite struct RemitClientTests {
    private static func client(
        _ server: TestServer, key: String = OneKey.key, connections: Int = 1, timeout: Duration = .seconds(30)
    ) async throws -> RemitClient {
        try await RemitClient.connect(
            host: "127.0.0.1", port: server.listener.port, authority: .pem(server.authority.certificatePEM),
            apiKey: key, serverName: "localhost", connections: connections, timeout: timeout)
    }

    @Test func `calls over all its connections`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server, connections: 3)
        for number in 0..<6 { #expect(try await client.echo("\(number)") == "\(number)") }
        #expect(server.listener.connectionCount == 3)
        await client.close()
        let error = try await refusal { try await client.echo("") }
        #expect(error.reason == "client_closed" && error.notProcessed)
        await server.listener.close()
    }

    @Test func `doesn't trust a server that another authority vouches for`() async throws {
        let server = try await TestServer()
        let stranger = try TestAuthority()
        let error = try await refusal {
            try await RemitClient.connect(
                host: "127.0.0.1", port: server.listener.port, authority: .pem(stranger.certificatePEM),
                apiKey: OneKey.key, serverName: "localhost")
        }
        #expect(error.code == .unavailable && error.notProcessed)
        try await server.livesOn()
    }

    @Test func `sends a call again that surely never ran, and counts the attempt`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = client.hold()
        let first = await server.held.next()
        #expect(first.context.attempt == 0)
        first.fail(RPCError(.unavailable, "Not now.", notProcessed: true))
        let second = await server.held.next()
        #expect(second.context.attempt == 1)
        second.reply(.with { $0.text = "at last" })
        #expect(try await answer.text == "at last")
        try await server.livesOn()
    }

    @Test func `keeps the idempotency key across attempts`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = client.hold(CallOptions(idempotencyKey: "order-42"))
        let first = await server.held.next()
        first.fail(RPCError(.unavailable, "It broke.", outcome: .unknown))
        let second = await server.held.next()
        #expect(first.context.idempotencyKey == "order-42" && second.context.idempotencyKey == "order-42")
        second.reply(EchoResponse(), replayed: true)
        _ = try await answer
        try await server.livesOn()
    }

    @Test func `keeps an unknown outcome when the attempts after it never ran`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = refusal { try await client.hold(CallOptions(idempotencyKey: "order-42")) }
        await server.held.next().fail(RPCError(.unavailable, "It broke.", reason: "first", outcome: .unknown))
        await server.held.next().fail(RPCError(.unavailable, "Not now.", reason: "second", notProcessed: true))
        await server.held.next().fail(RPCError(.permissionDenied, "Not any more.", reason: "third", notProcessed: true))
        let error = try await answer
        #expect(error.code == .unavailable && error.reason == "first")
        #expect(error.outcome == .unknown && !error.notProcessed)
        try await server.livesOn()
    }

    @Test func `takes the outcome of an attempt that ran for that of the call`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = refusal { try await client.hold(CallOptions(idempotencyKey: "order-42")) }
        await server.held.next().fail(RPCError(.unavailable, "It broke.", outcome: .unknown))
        await server.held.next().fail(RPCError(.failedPrecondition, "Declined.", outcome: .failure))
        let error = try await answer
        #expect(error.code == .failedPrecondition && error.outcome == .failure && !error.notProcessed)
        try await server.livesOn()
    }

    @Test func `doesn't send a call again that may have run and has no key`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = refusal { try await client.hold() }
        await server.held.next().fail(RPCError(.unavailable, "It broke.", outcome: .unknown))
        let error = try await answer
        #expect(error.outcome == .unknown)
        #expect(server.counter.admitted.load(ordering: .relaxed) == 1)
        try await server.livesOn()
    }

    @Test func `gives up after four attempts`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        async let answer = refusal { try await client.hold() }
        for _ in 0..<4 { await server.held.next().fail(RPCError(.unavailable, "Not now.", notProcessed: true)) }
        #expect(try await answer.code == .unavailable)
        #expect(server.counter.admitted.load(ordering: .relaxed) == 4)
        try await server.livesOn()
    }

    @Test func `connects anew when its connection is gone`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        #expect(try await client.echo("one") == "one")
        server.keys.revoke()
        let error = try await refusal { try await client.echo("two") }
        #expect(error.code == .unauthenticated)
        // The same key is judged again on a new connection, and is good at its new generation.
        #expect(try await client.echo("three") == "three")
        try await server.livesOn()
    }

    @Test(arguments: [
        (StatusCode.unavailable, true, false, false, true), (.unavailable, false, true, false, true),
        (.unavailable, false, false, true, true), (.unavailable, false, false, false, false),
        (.resourceExhausted, true, false, false, true), (.resourceExhausted, false, true, true, false),
        (.aborted, false, true, false, true), (.deadlineExceeded, false, true, true, false),
        (.internal, true, true, true, false), (.failedPrecondition, false, true, true, false),
        (.unauthenticated, true, true, true, false),
    ])
    func `retries only what is transient and can do no harm`(
        code: StatusCode, notProcessed: Bool, hasKey: Bool, isRead: Bool, isRetryable: Bool
    ) {
        let error = RPCError(code, "An error.", outcome: .unknown, notProcessed: notProcessed)
        let options = CallOptions(idempotencyKey: hasKey ? "key" : nil)
        let method = isRead ? TestServer.look : TestServer.hold
        #expect(RetryPolicy().isRetryable(error, method, options) == isRetryable)
    }
}
