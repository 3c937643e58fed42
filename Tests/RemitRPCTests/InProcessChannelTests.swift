import RemitAPI
import RemitRPC
import RemitTesting
import RemitWire
import Synchronization
import Testing

@Suite struct InProcessChannelTests {
    private static let hold = MethodDescriptor(fullName: "S/Hold", requestType: "Q", responseType: "A")
    private static let look = MethodDescriptor(
        fullName: "S/Look", idempotency: .noSideEffects, requestType: "Q", responseType: "A")
    private static let count = MethodDescriptor(
        fullName: "S/Count", kind: .serverStreaming, requestType: "Q", responseType: "A")

    /// A channel on a clock that the test moves.
    private struct Setup: Sendable {
        let held = TestSignal<UnaryCall<EchoResponse>>()
        let sent = TestSignal<Int>()
        let ended = TestSignal<StatusCode>()
        let log = TestLog()
        let time = Time()
        let channel: InProcessChannel

        final class Time: Sendable {
            let nanoseconds = Atomic<UInt64>(1_000)
        }

        init(callsMax: Int = 16) {
            let held = held
            let sent = sent
            let ended = ended
            let time = time
            let unary: @Sendable (EchoRequest, UnaryCall<EchoResponse>) -> Void = { _, call in held.send(call) }
            let router = Router(
                methods: [
                    .unary(InProcessChannelTests.hold, unary), .unary(InProcessChannelTests.look, unary),
                    .serverStreaming(InProcessChannelTests.count) {
                        (request: EchoRequest, stream: ServerStream<EchoResponse>) async throws(RPCError) in
                        do throws(RPCError) {
                            for number in 0..<Int(request.payload[0]) {
                                try await stream.send(.with { $0.payload = Array(repeating: 1, count: 40_000) })
                                sent.send(number)
                            }
                        } catch {
                            ended.send(error.code)
                            throw error
                        }
                        ended.send(.ok)
                    },
                ], interceptors: [Recorder("it", log)], authenticator: OpenDoor())
            channel = InProcessChannel(
                router: router, identity: Identity(index: 1, generation: 1), callsMax: callsMax,
                now: { Deadline(nanoseconds: time.nanoseconds.load(ordering: .relaxed)) })
        }

        func call(
            _ method: MethodDescriptor = InProcessChannelTests.hold, _ options: CallOptions = CallOptions()
        ) async -> Result<EchoResponse, RPCError> {
            do throws(RPCError) {
                return .success(try await channel.call(method, EchoRequest(), options).message)
            } catch {
                return .failure(error)
            }
        }

        func stream(_ count: UInt8) async throws -> ResponseStream<EchoResponse> {
            try await channel.stream(
                InProcessChannelTests.count, EchoRequest.with { $0.payload = [count] }, CallOptions())
        }

        func pass(nanoseconds: UInt64) {
            time.nanoseconds.add(nanoseconds, ordering: .relaxed)
            channel.expire()
        }
    }

    @Test func `answers with the same bytes that a network would carry`() async throws {
        let setup = Setup()
        async let answer = setup.call()
        await setup.held.next().reply(.with { $0.payload = [1, 2] })
        #expect(try await answer.get().payload == [1, 2])
        #expect(setup.log.all == ["admit it", "finished it OK"])
    }

    @Test func `runs a completion once the call that it belongs to has returned`() async throws {
        let setup = Setup()
        let answers = TestSignal<Result<EchoResponse, RPCError>>()
        setup.channel.call(Self.hold, EchoRequest(), CallOptions()) { answers.send($0) }
        await setup.held.next().reply(.with { $0.payload = [3] })
        #expect(try await answers.next().get().payload == [3])
        setup.channel.call(Self.hold, EchoRequest(), CallOptions()) { answers.send($0) }
        await setup.held.next().fail(.expiredBeforeStart)
        guard case .failure(let error) = await answers.next() else {
            Issue.record("An error was expected.")
            return
        }
        #expect(error == .expiredBeforeStart)
    }

    @Test func `ends a waiting call at its deadline, on a test's clock, and it never runs`() async throws {
        let setup = Setup()
        async let answer = setup.call(Self.hold, CallOptions(timeout: .microseconds(1)))
        let call = await setup.held.next()
        setup.pass(nanoseconds: 999)
        #expect(call.handle.isOpen)
        setup.pass(nanoseconds: 1)
        let error = await answer.error
        #expect(error?.code == .deadlineExceeded && error?.notProcessed == true)
        #expect(!call.begin())
    }

    @Test(arguments: [(hold, Outcome.unknown), (look, Outcome.none)])
    func `tells the outcome of a started call at its deadline`(method: MethodDescriptor, outcome: Outcome) async throws
    {
        let setup = Setup()
        async let answer = setup.call(method, CallOptions(timeout: .microseconds(1)))
        let call = await setup.held.next()
        #expect(call.begin())
        setup.pass(nanoseconds: 1_000)
        let error = await answer.error
        #expect(error?.outcome == outcome && error?.notProcessed == false)
        call.reply(EchoResponse())
        #expect(setup.log.all == ["admit it", "finished it DEADLINE_EXCEEDED"])
    }

    @Test func `refuses calls beyond its limit, and takes one again when another has ended`() async throws {
        let setup = Setup(callsMax: 1)
        async let first = setup.call()
        let call = await setup.held.next()
        let error = await setup.call().error
        #expect(error?.code == .resourceExhausted && error?.notProcessed == true)
        call.reply(EchoResponse())
        _ = try await first.get()
        async let second = setup.call()
        await setup.held.next().reply(EchoResponse())
        _ = try await second.get()
    }

    @Test func `holds a stream's sender back until its reader has read`() async throws {
        let setup = Setup()
        let stream = try await setup.stream(5)
        #expect(await setup.sent.next() == 0)
        #expect(await setup.sent.next() == 1)
        // 80,000 bytes wait: more than the window.
        #expect(setup.sent.pending.isEmpty)
        var count = 0
        for try await response in stream { count += response.payload.count }
        #expect(count == 200_000)
        #expect(await setup.ended.next() == .ok)
    }

    @Test func `cancels a stream when its reader lets go of it`() async throws {
        let setup = Setup()
        do {
            let stream = try await setup.stream(200)
            for try await _ in stream { break }
        }
        #expect(await setup.ended.next() == .cancelled)
    }

    @Test func `refuses bytes that are no message of the method`() async throws {
        let setup = Setup()
        let error = await #expect(throws: RPCError.self) {
            try await setup.channel.unary(Self.hold, request: [0xFF], options: CallOptions())
        }
        #expect(error?.code == .invalidArgument && error?.notProcessed == true)
    }
}

extension Result where Failure == RPCError {
    /// The error; nil for a good answer.
    var error: RPCError? {
        if case .failure(let error) = self { return error }
        return nil
    }
}
