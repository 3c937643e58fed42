import RemitRPC

/// One call of a client connection, from its start to its END.
// @unchecked: after it is handed to its connection it is touched on the event loop alone.
final class ClientCall: @unchecked Sendable {
    typealias Answer = Result<(message: [UInt8], info: ResponseInfo), RPCError>

    enum Receiver {
        case none
        case unary(CheckedContinuation<Answer, Never>)
        case stream(MessageStream)
    }

    let method: MethodDescriptor
    let options: CallOptions
    let deadline: Deadline
    let request: [UInt8]
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

    init(method: MethodDescriptor, request: [UInt8], options: CallOptions, defaultTimeout: Duration?) {
        self.method = method
        self.request = request
        self.options = options
        if let timeout = options.timeout ?? (method.kind == .unary ? defaultTimeout : nil) {
            deadline = .after(nanoseconds: timeout.nanosecondsClamped, from: .now)
        } else {
            deadline = .never
        }
    }

    /// What it means for the work when the answer of a call that was sent doesn't come.
    var outcomeWhenLost: Outcome { method.idempotency == .noSideEffects ? .none : .unknown }

    /// Tells the caller the end, once.
    func finish(_ answer: Answer) {
        switch receiver {
        case .none: break
        case .unary(let continuation): continuation.resume(returning: answer)
        case .stream(let stream):
            switch answer {
            case .success: stream.finish()
            case .failure(let error): stream.finish(error)
            }
        }
        receiver = .none
    }

    func fail(_ error: RPCError) { finish(.failure(error)) }
}
