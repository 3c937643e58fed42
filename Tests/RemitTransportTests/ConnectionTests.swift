import NIOCore
import NIOPosix
import NIOSSL
import RemitAPI
import RemitFrame
import RemitRPC
import RemitTesting
import RemitTransport
import RemitWire
import Synchronization
import Testing

@Suite struct ConnectionTests {
    @Test func `answers a unary call`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        #expect(try await connection.echo("hello") == "hello")
        #expect(await server.counter.ended.next() == .ok)
        try await server.livesOn()
    }

    @Test func `answers many calls at once, each with its own answer`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        try await withThrowingTaskGroup { group in
            // More than there are slots: the others wait for one.
            for number in 0..<600 { group.addTask { try await connection.echo("\(number)") == "\(number)" } }
            for try await isEqual in group { #expect(isEqual) }
        }
        try await server.livesOn()
    }

    @Test func `carries a message larger than its window both ways`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let text = String(repeating: "remit ", count: 50_000)
        #expect(try await connection.echo(text) == text)
        try await server.livesOn()
    }

    @Test func `streams beyond its window, in order, to the end`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let stream: ResponseStream<EchoResponse> = try await connection.stream(
            TestServer.count, EchoRequest.with { $0.text = "500" }, CallOptions())
        var number = 0
        for try await response in stream {
            #expect(response.text.hasSuffix("n\(number)"))
            number += 1
        }
        #expect(number == 500)
        try await server.livesOn()
    }

    @Test func `cancels a stream's task when its reader leaves`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        do {
            let stream: ResponseStream<EchoResponse> = try await connection.stream(
                TestServer.count, EchoRequest.with { $0.text = "forever" }, CallOptions())
            for try await _ in stream { break }
        }
        #expect(await server.streamsCut.next() == .cancelled)
        try await server.livesOn()
    }

    @Test func `tells that a call which expired before its start never ran`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let error = try await refusal { try await connection.hold(CallOptions(timeout: .milliseconds(20))) }
        #expect(error.code == .deadlineExceeded && error.notProcessed && error.outcome == .none)
        let call = await server.held.next()
        #expect(!call.begin(), "An expired call must never run.")
        try await server.livesOn()
    }

    @Test(arguments: [(TestServer.run, RemitRPC.Outcome.unknown), (TestServer.look, RemitRPC.Outcome.none)])
    func `tells the outcome of a call that expired while it ran`(method: MethodDescriptor, outcome: RemitRPC.Outcome)
        async throws
    {
        let server = try await TestServer()
        let connection = try await server.connect()
        let error = try await refusal {
            try await connection.hold(CallOptions(timeout: .milliseconds(20)), on: method)
        }
        #expect(error.code == .deadlineExceeded && !error.notProcessed && error.outcome == outcome)
        await server.held.next().reply(EchoResponse())
        try await server.livesOn()
    }

    @Test(arguments: [(TestServer.run, RemitRPC.Outcome.unknown), (TestServer.look, RemitRPC.Outcome.none)])
    func `calls the outcome unknown when the server doesn't say after its deadline, unless nothing can have happened`(
        method: MethodDescriptor, outcome: RemitRPC.Outcome
    ) async throws {
        let server = try await MuteServer()
        let connection = try await server.connect(answerGrace: .milliseconds(20))
        let error = try await refusal {
            try await connection.hold(CallOptions(timeout: .milliseconds(20)), on: method)
        }
        #expect(error.code == .deadlineExceeded && !error.notProcessed && error.outcome == outcome)
        await connection.close()
        try await server.close()
    }

    @Test(arguments: [true, false])
    func `ends a cancelled call with what became of it`(isStarted: Bool) async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let task = Task { try await refusal { try await connection.hold() } }  // Reason: it is cancelled from outside.
        let call = await server.held.next()
        if isStarted { #expect(call.begin()) }
        task.cancel()
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.notProcessed == !isStarted)
        #expect(error.outcome == (isStarted ? .unknown : .none))
        try await server.livesOn()
    }

    @Test func `delivers one batch's answers from another thread, errors and replays too`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        async let first = connection.hold()
        let one = await server.held.next()
        async let second = connection.call(TestServer.hold, EchoRequest(), CallOptions(), returning: EchoResponse.self)
        let two = await server.held.next()
        async let third = refusal { try await connection.hold() }
        let three = await server.held.next()
        var collector = ReplyCollector()
        let bytes = EchoResponse.with { $0.text = "shared" }.encoded() + Array("tail".utf8)
        collector.add(.message(0..<bytes.count - 4), to: one.handle)
        collector.add(
            .field(number: 1, message: bytes.count - 4..<bytes.count, suffix: 0..<0), to: two.handle, replayed: true)
        collector.add(.failure(RPCError(.aborted, "Try again.", reason: "lock_contention")), to: three.handle)
        collector.deliver(bytes)
        #expect(try await first.text == "shared")
        let replay = try await second
        #expect(replay.message.text == "tail" && replay.info.replayed)
        #expect(try await third.reason == "lock_contention")
        try await server.livesOn()
    }

    @Test func `refuses a method it doesn't know, and a call that an interceptor refuses`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let unknown = MethodDescriptor(fullName: "test.Service/Nothing", requestType: "", responseType: "")
        let error = try await refusal { try await connection.hold(on: unknown) }
        #expect(error.code == .unimplemented && error.notProcessed && error.reason == "unknown_method")
        let other = try await refusal { try await connection.echo("", CallOptions(tenant: "forbidden")) }
        #expect(other.code == .permissionDenied && other.notProcessed)
        try await server.livesOn()
    }

    @Test func `repeats a refusal word for word, and tells another one in its own`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let unknown = MethodDescriptor(fullName: "test.Service/Nothing", requestType: "", responseType: "")
        let method = try await refusal { try await connection.hold(on: unknown) }
        let tenant = try await refusal { try await connection.echo("", CallOptions(tenant: "forbidden")) }
        #expect(method != tenant && tenant.message == "This tenant is another's." && tenant.notProcessed)
        for _ in 0..<3 {
            #expect(try await refusal { try await connection.echo("", CallOptions(tenant: "forbidden")) } == tenant)
        }
        #expect(try await refusal { try await connection.hold(on: unknown) } == method)
        #expect(try await connection.echo("well") == "well")
        try await server.livesOn()
    }

    @Test func `refuses a message that isn't one, and metadata beyond its limit`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let error = try await refusal {
            try await connection.unary(TestServer.echo, request: [0xFF, 0xFF], options: CallOptions())
        }
        #expect(error.code == .invalidArgument && error.reason == "malformed_message")
        let entry = RemitRPC.MetadataEntry("key", String(repeating: "v", count: 8_190))
        let other = try await refusal { try await connection.echo("", CallOptions(metadata: [entry])) }
        #expect(other.code == .invalidArgument && other.field == "metadata")
        try await server.livesOn()
    }

    @Test func `ends every call of a bad credential UNAUTHENTICATED`() async throws {
        let server = try await TestServer()
        let error = try await refusal { try await server.connect(apiKey: "rk_wrong").echo("") }
        #expect(error.code == .unauthenticated && error.notProcessed, "\(error)")
        #expect(server.counter.admitted.load(ordering: .relaxed) == 0)
        try await server.livesOn()
    }

    @Test func `takes a verified client certificate for the identity where there is no key`() async throws {
        let server = try await TestServer(asksForCertificate: true)
        var tls = try server.authority.clientTLS
        let own = try server.authority.serverTLS
        tls.certificateChain = own.certificateChain
        tls.privateKey = own.privateKey
        let connection = try await ClientConnection.connect(
            .init(host: "127.0.0.1", port: server.listener.port, authority: "localhost", tls: tls, apiKey: ""),
            on: MultiThreadedEventLoopGroup.singleton.next())
        async let answer = connection.hold()
        let call = await server.held.next()
        #expect(call.context.identity.index == 8)
        call.reply(EchoResponse())
        _ = try await answer
        await server.listener.close()
    }

    @Test func `stops an open connection at the next call after its key was revoked`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        #expect(try await connection.echo("before") == "before")
        server.keys.revoke()
        let error = try await refusal { try await connection.echo("after") }
        #expect(error.code == .unauthenticated && error.notProcessed, "\(error)")
        try await server.livesOn()
    }

    @Test func `drains: what runs ends well, what is new is refused unprocessed, then it closes`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        async let running = connection.hold()
        let call = await server.held.next()
        async let drained: Void = server.listener.drain()
        while connection.acceptsCalls { await Task.yield() }
        let error = try await refusal { try await connection.echo("late") }
        #expect(error.code == .unavailable && error.notProcessed)
        call.reply(.with { $0.text = "in time" })
        #expect(try await running.text == "in time")
        await drained
        #expect(server.listener.connectionCount == 0)
    }

    @Test func `answers a request that crosses the last answer of a drain, and closes when none can come any more`()
        async throws
    {
        let server = try await TestServer()
        let client = try await RawClient(server)
        try await client.open(RawClient.request("test.Service/Hold"))
        let call = await server.held.next()
        async let drained: Void = server.listener.drain()
        let goodbye = try await client.frames(until: .ping)
        #expect(goodbye.map(\.header.type).suffix(2) == [.goAway, .ping])
        call.reply(EchoResponse())
        let answer = try #require(try await client.frames(until: .end).last)
        #expect(answer.header.type == .end && answer.header.flags == .message)
        try await client.send(RawClient.request("test.Service/Hold", slot: 1))
        let refusal = try #require(try await client.frames(until: .end).last)
        let status = try StatusMeta(decoding: refusal.meta)
        #expect(refusal.header.slot == 1 && status.reason == "draining" && status.notProcessed)
        try await client.send(RawClient.frame(.pong, body: try #require(goodbye.last).body))
        #expect(try await client.framesUntilClosed().isEmpty)
        await drained
    }

    @Test func `doesn't wait long for a peer that says nothing to a drain`() async throws {
        var limits = TestServer.patience
        limits.crossing = .milliseconds(20)
        let server = try await TestServer(limits)
        let client = try await RawClient(server)
        // Once its PING is answered, its Hello was judged.
        try await client.open(RawClient.frame(.ping, body: [UInt8](repeating: 1, count: 8)))
        _ = try await client.frames(until: .pong)
        async let drained: Void = server.listener.drain()
        #expect(try await client.framesUntilClosed().map(\.header.type) == [.goAway, .ping])
        await drained
    }

    @Test func `tells callers that what still runs when a drain ends has an unknown outcome`() async throws {
        var limits = TestServer.patience
        limits.drain = .milliseconds(50)
        let server = try await TestServer(limits)
        let connection = try await server.connect()
        async let running = refusal { try await connection.hold() }
        let call = await server.held.next()
        #expect(call.begin())
        await server.listener.drain()
        let error = try await running
        #expect(error.code == .unavailable && error.outcome == .unknown && !error.notProcessed)
    }

    @Test func `tells callers of a lost connection that the outcome is unknown`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        async let running = refusal { try await connection.hold() }
        let call = await server.held.next()
        #expect(call.begin())
        await server.listener.close()
        let error = try await running
        #expect(error.code == .unavailable && error.outcome == .unknown)
        call.reply(EchoResponse())
        #expect(await server.counter.ended.next() == .unavailable)
    }
}
