public import RemitWire

/// A call with one request and any number of responses; its service runs in a task of its own.
///
/// The stream ends when the service's function returns or throws. When the caller cancels, or the deadline passes, the
/// task is cancelled and `send` throws.
public struct ServerStream<Response: Message>: Sendable {
    /// What is known about the call beside its message.
    public let context: CallContext
    /// The call without its types.
    public let handle: CallHandle

    /// The stream `handle` with its `context`.
    @inlinable
    public init(context: CallContext, handle: CallHandle) {
        self.context = context
        self.handle = handle
    }

    /// Sends one message, waiting until the caller's window has room; throws CANCELLED once nobody listens.
    @inlinable
    public func send(_ message: Response) async throws(RPCError) {
        try await handle.sink.send(message.encoded(), on: handle.id)
    }

    /// Sends one message that is encoded already; otherwise as `send(_:)`.
    public func send(encoded bytes: [UInt8]) async throws(RPCError) {
        try await handle.sink.send(bytes, on: handle.id)
    }
}
