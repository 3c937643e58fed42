public import RemitWire

/// A call with one request and one response: it is answered once, later, from any thread, and has no task.
///
/// A service that queues the call asks `begin()` when its turn comes; one that answers at once needn't.
public struct UnaryCall<Response: Message>: Sendable {
    /// What is known about the call beside its message.
    public let context: CallContext
    /// The call without its types.
    public let handle: CallHandle

    /// The call `handle` with its `context`.
    @inlinable
    public init(context: CallContext, handle: CallHandle) {
        self.context = context
        self.handle = handle
    }

    /// Starts the call; false means that it expired or was cancelled, and must never run.
    public func begin() -> Bool { handle.begin() }

    /// Answers with `message`.
    @inlinable
    public func reply(_ message: Response, replayed: Bool = false) {
        handle.reply(replayed: replayed) { message.encode(into: &$0) }
    }

    /// Answers with the response's bytes: `range` of `bytes`, all of them by default.
    public func reply(encoded bytes: [UInt8], _ range: Range<Int>? = nil, replayed: Bool = false) {
        handle.reply(encoded: bytes, range, replayed: replayed)
    }

    /// Answers with an error.
    public func fail(_ error: RPCError) { handle.fail(error) }
}
