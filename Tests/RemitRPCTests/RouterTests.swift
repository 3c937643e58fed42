import RemitAPI
import RemitRPC
import RemitWire
import Synchronization
import Testing

/// Lets everyone in, until told otherwise.
final class OpenDoor: Authenticator {
    let isOpen = Atomic<Bool>(true)

    func identity(for credential: Credential) throws(RPCError) -> Identity { Identity(index: 1, generation: 1) }
    func isValid(_ identity: Identity) -> Bool { isOpen.load(ordering: .relaxed) }
}

/// Writes down what it is asked, and refuses if it is the one that shall.
final class Recorder: Interceptor {
    let name: String
    let refuses: Bool
    let log: TestLog

    init(_ name: String, _ log: TestLog, refuses: Bool = false) {
        self.name = name
        self.log = log
        self.refuses = refuses
    }

    func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError) {
        log.append("admit \(name)")
        if refuses { throw RPCError(.resourceExhausted, "Enough.", outcome: .unknown) }
        context.scope += 1
    }

    func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        log.append("finished \(name) \(status.code.name)")
    }
}

final class TestLog: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

@Suite struct RouterTests {
    private static func method(_ name: String, kind: MethodDescriptor.Kind = .unary) -> Method {
        let descriptor = MethodDescriptor(fullName: name, kind: kind, requestType: "Q", responseType: "A")
        return .unary(descriptor) { (_: EchoRequest, call: UnaryCall<EchoResponse>) in call.reply(EchoResponse()) }
    }

    private static func admit(_ router: Router, _ path: String) throws(RPCError) -> CallContext {
        var context = CallContext(identity: Identity(index: 1, generation: 1), arrival: Deadline(nanoseconds: 5))
        let bytes = Array(path.utf8)
        try router.admit(bytes.span, &context)
        return context
    }

    @Test func `finds each of many methods by its name's bytes, and no other`() throws {
        let names = (0..<200).map { "remit.v1.Service\($0)/Method" }
        let router = Router(methods: names.map { Self.method($0) }, authenticator: OpenDoor())
        for (position, name) in names.enumerated() { #expect(try Self.admit(router, name).method == position) }
        for name in ["", "remit.v1.Service0/Metho", "remit.v1.Service0/Methods", "remit.v1.Service200/Method"] {
            #expect(throws: RPCError.self) { try Self.admit(router, name) }
        }
    }

    @Test func `asks interceptors in order and tells them the end in reverse`() throws {
        let log = TestLog()
        let router = Router(
            methods: [Self.method("S/M")], interceptors: [Recorder("one", log), Recorder("two", log)],
            authenticator: OpenDoor())
        let context = try Self.admit(router, "S/M")
        #expect(context.scope == 2)
        router.finished(context, CallStatus())
        #expect(log.all == ["admit one", "admit two", "finished two OK", "finished one OK"])
    }

    @Test func `tells those that admitted a call when a later one refuses it`() {
        let log = TestLog()
        let router = Router(
            methods: [Self.method("S/M")],
            interceptors: [Recorder("one", log), Recorder("two", log, refuses: true), Recorder("three", log)],
            authenticator: OpenDoor())
        let error = #expect(throws: RPCError.self) { try Self.admit(router, "S/M") }
        #expect(error?.notProcessed == true && error?.outcome == Outcome.none)
        #expect(log.all == ["admit one", "admit two", "finished one RESOURCE_EXHAUSTED"])
    }

    @Test func `asks before each call whether the identity is still valid`() throws {
        let door = OpenDoor()
        let router = Router(methods: [Self.method("S/M")], authenticator: door)
        _ = try Self.admit(router, "S/M")
        door.isOpen.store(false, ordering: .relaxed)
        #expect(throws: RPCError.self) { try Self.admit(router, "S/M") }
    }

    @Test func `caps the deadline of a unary call, not of a stream`() throws {
        let router = Router(
            methods: [Self.method("S/Unary"), Self.method("S/Stream", kind: .serverStreaming)],
            authenticator: OpenDoor(), callNanosecondsMax: 100)
        #expect(try Self.admit(router, "S/Unary").deadline == Deadline(nanoseconds: 105))
        #expect(try Self.admit(router, "S/Stream").deadline == .never)
    }

    @Test(arguments: StatusCode.allCases)
    func `names every status code as gRPC does`(code: StatusCode) {
        #expect(code.name == code.name.uppercased() && !code.name.isEmpty)
        #expect(StatusCode(rawValue: code.rawValue) == code)
    }

    @Test func `changes a copy of an error without its original`() {
        let error = RPCError(.unavailable, "Come back.", reason: "draining", outcome: .unknown)
        var copy = error
        #expect(copy == error)
        copy.outcome = .none
        copy.notProcessed = true
        copy.retryAfterMilliseconds = 100
        #expect(error.outcome == .unknown && !error.notProcessed && error.retryAfterMilliseconds == nil)
        #expect(copy != error && copy.message == "Come back.")
        let same = RPCError(
            .unavailable, "Come back.", reason: "draining", notProcessed: true, retryAfterMilliseconds: 100)
        #expect(copy == same && copy.hashValue == same.hashValue)
    }

    @Test func `keeps an error's context out of its description`() {
        let error = RPCError(
            .internal, "It failed.", reason: "storage", field: "amount", outcome: .unknown, context: ["sql": "SECRET"])
        #expect(error.description == "INTERNAL storage (amount): It failed. [outcome unknown]")
    }
}
