import RemitAPI
import RemitClient
import RemitRPC
import RemitTesting
import RemitTransport
import RemitWire
import Synchronization
import Testing

@Suite("A call with a completion")
struct CompletionTests {
    private typealias Ending = Result<EchoResponse, RPCError>

    private static func client(_ server: TestServer, connections: Int = 1) async throws -> RemitClient {
        try await RemitClient.connect(
            host: "127.0.0.1", port: server.listener.port, authority: .pem(server.authority.certificatePEM),
            apiKey: OneKey.key, serverName: "localhost", connections: connections)
    }

    /// Calls again from each completion, until `rest` is 0.
    private static func chain(
        _ client: some ClientChannel, _ rest: Int, _ done: TestSignal<Result<Int, RPCError>>
    ) {
        client.call(TestServer.echo, EchoRequest.with { $0.text = "\(rest)" }, CallOptions()) { (answer: Ending) in
            switch answer {
            case .success(let response) where response.text == "\(rest)":
                rest == 0 ? done.send(.success(0)) : chain(client, rest - 1, done)
            case .success: done.send(.success(rest))
            case .failure(let error): done.send(.failure(error))
            }
        }
    }

    @Test func `that is made inside a completion leaves on the connection of that completion`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server, connections: 3)
        let done = TestSignal<Result<Int, RPCError>>()
        Self.chain(client, 500, done)
        #expect(await done.next() == .success(0))
        // The client's first, and the one that the first call was given.
        #expect(server.listener.connectionCount == 2)
        #expect(server.counter.admitted.load(ordering: .relaxed) == 501)
        try await server.livesOn()
    }

    @Test func `waits for a slot when all are taken, and isn't overtaken for good`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        let done = TestSignal<Result<Int, RPCError>>()
        for _ in 0..<600 { Self.chain(client, 3, done) }
        for _ in 0..<600 { #expect(await done.next() == .success(0)) }
        try await server.livesOn()
    }

    @Test func `carries the options that a call has`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let options = CallOptions(
            timeout: .seconds(9), idempotencyKey: "key-1", tenant: "blue", traceparent: "00-1-2-03",
            metadata: [MetadataEntry("shop", "7"), MetadataEntry("till", "")], attempt: 2)
        let done = TestSignal<Ending>()
        connection.call(TestServer.hold, EchoRequest(), options) { done.send($0) }
        let call = await server.held.next()
        #expect(call.context.tenant == "blue" && call.context.idempotencyKey == "key-1")
        #expect(call.context.traceparent == "00-1-2-03" && call.context.attempt == 2)
        #expect(call.context.metadata == options.metadata)
        let allowed = call.context.deadline.nanoseconds(since: call.context.arrival)
        #expect(allowed > 5_000_000_000 && allowed <= 9_000_000_000)
        call.reply(.with { $0.text = "held" })
        #expect(try await done.next().get().text == "held")
        try await server.livesOn()
    }

    @Test(arguments: [0, 16_384, 70_000, 1_000_000])
    func `brings messages of any size`(size: Int) async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let payload = (0..<size).map { UInt8(97 + $0 % 23) }
        let request = EchoRequest.with { $0.payload = payload }
        let done = TestSignal<Bool>()
        connection.call(TestServer.echo, request, CallOptions()) { (answer: Ending) in
            // From the event loop, and from the outside.
            connection.call(TestServer.echo, request, CallOptions()) { (second: Ending) in
                done.send((try? second.get().payload) == payload && (try? answer.get().payload) == payload)
            }
        }
        #expect(await done.next())
        try await server.livesOn()
    }

    @Test func `ends at its deadline, and its slot serves again`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let done = TestSignal<Ending>()
        connection.call(TestServer.hold, EchoRequest(), CallOptions(timeout: .milliseconds(5))) { done.send($0) }
        let held = await server.held.next()
        guard case .failure(let error) = await done.next() else {
            Issue.record("A call that nobody answers ends with an error.")
            return
        }
        #expect(error.code == .deadlineExceeded)
        held.reply(EchoResponse())
        #expect(try await connection.echo("next") == "next")
        try await server.livesOn()
    }

    @Test func `fails when its connection is lost, and never while it is being made`() async throws {
        let server = try await TestServer()
        let connection = try await server.connect()
        let done = TestSignal<StatusCode>()
        let wasEarly = SharedFlag()
        connection.call(TestServer.hold, EchoRequest(), CallOptions()) { (_: Ending) in
            // The connection is gone: what is called here is refused, after this function.
            let isMade = SharedFlag()
            connection.call(TestServer.hold, EchoRequest(), CallOptions()) { (answer: Ending) in
                if !isMade.isSet { wasEarly.set() }
                if case .failure(let error) = answer { done.send(error.code) }
            }
            isMade.set()
        }
        _ = await server.held.next()
        await server.listener.close()
        #expect(await done.next() == .unavailable)
        #expect(!wasEarly.isSet)
    }

    @Test func `isn't made again when it fails`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        let done = TestSignal<Ending>()
        client.call(TestServer.hold, EchoRequest(), CallOptions()) { done.send($0) }
        await server.held.next().fail(RPCError(.unavailable, "Not now.", notProcessed: true))
        guard case .failure(let error) = await done.next() else {
            Issue.record("An error was expected.")
            return
        }
        #expect(error.notProcessed)
        #expect(server.counter.admitted.load(ordering: .relaxed) == 1)
        try await server.livesOn()
    }

    @Test func `gets the same error as any call when the client is closed`() async throws {
        let server = try await TestServer()
        let client = try await Self.client(server)
        await client.close()
        let done = TestSignal<Ending>()
        client.call(TestServer.echo, EchoRequest(), CallOptions()) { done.send($0) }
        guard case .failure(let error) = await done.next() else {
            Issue.record("A closed client makes no call.")
            return
        }
        #expect(error.reason == "client_closed" && error.notProcessed)
        try await server.livesOn()
    }
}

private final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
