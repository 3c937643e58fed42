public import RemitWire

/// A door without a network: the same bytes, the same router and interceptors, an identity fixed at construction.
public struct InProcessChannel: ClientChannel {
    private let sink: InProcessSink
    private let sleep: (@Sendable (Deadline) async throws -> Void)?

    /// A channel to `router` for calls by `identity`.
    ///
    /// Tests with a clock of their own give `now`, no `sleep`, and call `expire()` when they have moved it; without
    /// them, deadlines are those of the system's clock. At most `callsMax` calls run at once.
    public init(
        router: Router, identity: Identity, callsMax: Int = 16_384, now: @escaping @Sendable () -> Deadline,
        sleep: (@Sendable (Deadline) async throws -> Void)? = nil
    ) {
        sink = InProcessSink(router: router, identity: identity, callsMax: callsMax, now: now)
        self.sleep = sleep
    }

    /// A channel to `router` for calls by `identity`, on the system's clock.
    public init(router: Router, identity: Identity, callsMax: Int = 16_384) {
        self.init(
            router: router, identity: identity, callsMax: callsMax, now: { .now },
            sleep: { try await Task.sleep(for: .nanoseconds(Int64(clamping: $0.nanoseconds(since: .now)))) })
    }

    /// Ends the calls whose deadline has passed by now.
    public func expire() { sink.expire() }

    /// Calls a unary method with the request's bytes; cancelling the task cancels the call.
    public func unary(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo) {
        let context = try sink.admit(method, options)
        let call = try sink.open(context)
        setTimer(for: call, options, context)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                sink.run(call, .unary(continuation), request)
            }
        } onCancel: {
            sink.cancel(call)
        }
        return try result.get()
    }

    /// Calls a unary method and returns at once; `completion` runs in a task of its own.
    public func unary(
        _ method: MethodDescriptor, request: some Message, options: CallOptions,
        then completion: @escaping UnaryCompletion
    ) {
        let bytes = request.encoded()
        // A task: the answer may be there at once, and a completion mustn't run before its call has returned.
        Task {
            do throws(RPCError) {
                let answer = try await unary(method, request: bytes, options: options)
                completion(.success(answer.message.span), answer.info)
            } catch {
                completion(.failure(error), ResponseInfo())
            }
        }
    }

    /// Calls a method with a stream of responses; leaving the stream cancels the call.
    public func serverStreaming(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> MessageStream {
        let context = try sink.admit(method, options)
        let call = try sink.open(context)
        let stream = MessageStream(
            consumed: { [sink] bytes in sink.consumed(bytes, of: call) }, cancelled: { [sink] in sink.cancel(call) })
        setTimer(for: call, options, context)
        sink.run(call, .stream(stream), request)
        return stream
    }

    private func setTimer(for call: CallID, _ options: CallOptions, _ context: CallContext) {
        guard options.timeout != nil, let sleep else { return }
        // A deadline in the process itself has no event loop to keep it; the sleeper is cancelled when the call ends.
        let timer = Task { [sink] in
            try? await sleep(context.deadline)
            if !Task.isCancelled { sink.expire() }
        }
        sink.keep(timer, for: call)
    }
}
