import RemitRPC

/// One call of a client connection, from its start to its END.
// @unchecked: after it is handed to its connection it is touched on the event loop alone.
final class ClientCall: @unchecked Sendable {
    typealias Answer = Result<(message: [UInt8], info: ResponseInfo), RPCError>

    enum Receiver {
        case none
        case unary(UnsafeContinuation<Answer, Never>)
        case stream(MessageStream)
        case completion(UnaryCompletion)
    }

    private(set) var method: MethodDescriptor
    private(set) var options: CallOptions
    private(set) var deadline: Deadline
    /// The request's message; empty for one that was written as the call began.
    var request: [UInt8]
    var receiver = Receiver.none
    /// The slot, while the call has one.
    var slot: UInt32?
    /// Bytes of the request that were sent.
    var sent = 0
    /// Fragments of the answer's message in progress.
    var partial: [UInt8] = []
    /// Whether the one message of a unary answer is whole, and waits in `partial` for its END.
    var hasWhole = false
    var isCancelled = false
    /// Whether a message that is too large is being dropped.
    var isDropping = false
    /// Whether nobody but the connection knows the call, which may then be used for another.
    let isReusable: Bool

    /// A call from any thread, `start` being the moment from which its time counts.
    init(
        method: MethodDescriptor, request: [UInt8], options: CallOptions, defaultTimeout: Duration?,
        start: Deadline = .now
    ) {
        self.method = method
        self.request = request
        self.options = options
        deadline = Self.deadline(method, options, defaultTimeout, from: start)
        isReusable = false
    }

    /// A call that is made and answered on its connection's event loop.
    init(
        _ method: MethodDescriptor, _ options: CallOptions, defaultTimeout: Duration?, start: Deadline,
        _ completion: @escaping UnaryCompletion
    ) {
        self.method = method
        self.options = options
        request = []
        deadline = Self.deadline(method, options, defaultTimeout, from: start)
        receiver = .completion(completion)
        isReusable = true
    }

    /// Makes another call of one that has ended.
    func reuse(
        _ method: MethodDescriptor, _ options: CallOptions, defaultTimeout: Duration?, start: Deadline,
        _ completion: @escaping UnaryCompletion
    ) {
        self.method = method
        self.options = options
        deadline = Self.deadline(method, options, defaultTimeout, from: start)
        receiver = .completion(completion)
        sent = 0
        hasWhole = false
        isCancelled = false
        isDropping = false
        if !request.isEmpty { request = [] }
        if !partial.isEmpty { partial = [] }
    }

    private static func deadline(
        _ method: MethodDescriptor, _ options: CallOptions, _ defaultTimeout: Duration?, from start: Deadline
    ) -> Deadline {
        guard let timeout = options.timeout ?? (method.kind == .unary ? defaultTimeout : nil) else { return .never }
        return .after(nanoseconds: timeout.nanosecondsClamped, from: start)
    }

    /// What it means for the work when the answer of a call that was sent doesn't come.
    var outcomeWhenLost: Outcome { method.idempotency == .noSideEffects ? .none : .unknown }

    /// Whether the end is told to a completion.
    var isCompletion: Bool {
        if case .completion = receiver { return true }
        return false
    }

    /// Tells the caller the end, once.
    func finish(_ answer: Answer) {
        let receiver = receiver
        self.receiver = .none
        switch receiver {
        case .none: break
        case .unary(let continuation): continuation.resume(returning: answer)
        case .stream(let stream):
            switch answer {
            case .success: stream.finish()
            case .failure(let error): stream.finish(error)
            }
        case .completion(let completion):
            switch answer {
            case .success(let answer): completion(.success(answer.message.span), answer.info)
            case .failure(let error): completion(.failure(error), ResponseInfo())
            }
        }
    }

    func fail(_ error: RPCError) { finish(.failure(error)) }
}
