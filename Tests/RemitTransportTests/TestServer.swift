import Logging
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

/// Knows one key; its generation can be raised, as revoking does.
final class OneKey: Authenticator {
    static let key = "rk_test"
    private let generation = Atomic<UInt32>(1)

    func identity(for credential: Credential) throws(RPCError) -> Identity {
        if case .certificate(let bytes) = credential, !bytes.isEmpty { return Identity(index: 8, generation: 1) }
        guard credential == .apiKey(Self.key) else { throw RPCError(.unauthenticated, "The key is unknown.") }
        return Identity(index: 7, generation: generation.load(ordering: .relaxed))
    }

    func isValid(_ identity: Identity) -> Bool { identity.generation == generation.load(ordering: .relaxed) }

    func revoke() { generation.add(1, ordering: .relaxed) }
}

/// Counts calls that were admitted and that were reported as finished.
final class Counter: Interceptor {
    /// Connections that came, less those that have gone, as the listener tells.
    let connections = Atomic<Int>(0)
    let admitted = Atomic<Int>(0)
    let ended = TestSignal<StatusCode>()

    func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError) {
        if context.tenant == "forbidden" { throw RPCError(.permissionDenied, "This tenant is another's.") }
        context.scope = 3
        admitted.add(1, ordering: .relaxed)
    }

    func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) { ended.send(status.code) }
}

/// A server with five methods, a listener over real TLS, and what the tests steer it by.
final class TestServer: Sendable {
    static let echo = method("Echo")
    static let hold = method("Hold")
    static let run = method("Run")
    static let look = method("Look", idempotency: .noSideEffects)
    static let count = method("Count", kind: .serverStreaming)

    let listener: Listener
    let authority: TestAuthority
    let keys = OneKey()
    let counter = Counter()
    /// Calls of Hold, which the test begins and answers itself, and of Run and Look, which have begun.
    let held = TestSignal<UnaryCall<EchoResponse>>()
    /// Streams that ended because nobody listened.
    let streamsCut = TestSignal<StatusCode>()

    private static func method(
        _ name: String, kind: MethodDescriptor.Kind = .unary, idempotency: MethodDescriptor.Idempotency = .unspecified
    ) -> MethodDescriptor {
        MethodDescriptor(
            fullName: "test.Service/\(name)", kind: kind, idempotency: idempotency, requestType: "EchoRequest",
            responseType: "EchoResponse")
    }

    /// The limits' own tests give shorter times; elsewhere a busy machine must not trip over them.
    static var patience: TransportLimits {
        var limits = TransportLimits()
        limits.opening = .seconds(60)
        limits.frame = .seconds(60)
        limits.answerGrace = .seconds(60)
        limits.crossing = .seconds(60)
        limits.farewell = .seconds(60)
        return limits
    }

    init(_ limits: TransportLimits = TestServer.patience, asksForCertificate: Bool = false) async throws {
        authority = try TestAuthority()
        let held = held
        let streamsCut = streamsCut
        let router = Router(
            methods: [
                .unary(Self.echo) { (request: EchoRequest, call: UnaryCall<EchoResponse>) in
                    call.reply(.with { $0.text = request.text })
                },
                .unary(Self.hold) { (_: EchoRequest, call: UnaryCall<EchoResponse>) in held.send(call) },
                .unary(Self.run) { (_: EchoRequest, call: UnaryCall<EchoResponse>) in
                    if call.begin() { held.send(call) }
                },
                .unary(Self.look) { (_: EchoRequest, call: UnaryCall<EchoResponse>) in
                    if call.begin() { held.send(call) }
                },
                .serverStreaming(Self.count) {
                    (request: EchoRequest, stream: ServerStream<EchoResponse>) async throws(RPCError) in
                    for number in 0..<(Int(request.text) ?? .max) {
                        do throws(RPCError) {
                            try await stream.send(
                                .with { $0.text = String(repeating: "n", count: 1_000) + "\(number)" })
                        } catch {
                            streamsCut.send(error.code)
                            throw error
                        }
                    }
                },
            ], interceptors: [counter], authenticator: keys)
        var tls = try authority.serverTLS
        if asksForCertificate {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = try authority.clientTLS.trustRoots
        }
        listener = try await Listener.start(
            group: .singleton, host: "127.0.0.1", port: 0, tls: tls, router: router,
            limits: limits, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            connectionsChanged: { [counter] in counter.connections.wrappingAdd($0, ordering: .relaxed) })
    }

    func connect(apiKey: String = OneKey.key) async throws -> ClientConnection {
        var configuration = ClientConnection.Configuration(
            host: "127.0.0.1", port: listener.port, authority: "localhost", tls: try authority.clientTLS,
            apiKey: apiKey)
        configuration.limits = Self.patience
        return try await ClientConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// Proves that the server still answers, on a connection of its own, and closes it.
    func livesOn() async throws {
        let connection = try await connect()
        #expect(try await connection.echo("still here") == "still here")
        await connection.close()
        await listener.close()
    }
}

extension ClientChannel {
    func echo(_ text: String, _ options: CallOptions = CallOptions()) async throws -> String {
        let request = EchoRequest.with { $0.text = text }
        let (response, _): (EchoResponse, ResponseInfo) = try await call(TestServer.echo, request, options)
        return response.text
    }

    func hold(_ options: CallOptions = CallOptions(), on method: MethodDescriptor = TestServer.hold) async throws
        -> EchoResponse
    {
        try await call(method, EchoRequest(), options).message
    }
}

/// The error that `body` throws; a failed expectation when it throws none.
func refusal<Result>(_ body: () async throws -> Result) async throws -> RPCError {
    do {
        _ = try await body()
    } catch let error as RPCError {
        return error
    }
    Issue.record("An error was expected.")
    throw RPCError(.unknown, "No error came.")
}

extension EchoRequest {
    /// The payload as text.
    var text: String {
        get { String(decoding: payload, as: UTF8.self) }
        set { payload = Array(newValue.utf8) }
    }
}

extension EchoResponse {
    /// The payload as text.
    var text: String {
        get { String(decoding: payload, as: UTF8.self) }
        set { payload = Array(newValue.utf8) }
    }
}
