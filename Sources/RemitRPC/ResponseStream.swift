public import RemitWire

/// A stream of responses, decoded; leaving its loop early cancels the call.
public struct ResponseStream<Response: Message>: AsyncSequence, Sendable {
    /// A response.
    public typealias Element = Response
    /// What a stream fails with.
    public typealias Failure = RPCError

    private let lease: Lease
    private let method: MethodDescriptor

    /// The responses of `method` in `messages`.
    public init(_ messages: MessageStream, of method: MethodDescriptor) {
        lease = Lease(messages)
        self.method = method
    }

    /// An iterator over the responses.
    public func makeAsyncIterator() -> Iterator { Iterator(lease: lease, method: method) }

    /// Reads a stream of responses.
    public struct Iterator: AsyncIteratorProtocol {
        let lease: Lease
        let method: MethodDescriptor

        /// The next response; nil at a good end.
        public mutating func next() async throws(RPCError) -> Response? {
            guard let bytes = try await lease.messages.next() else { return nil }
            return try decodeResponse(bytes.span, of: method)
        }

        /// The next response; nil at a good end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Response? {
            try await next()
        }
    }

    /// Leaves the stream when the sequence and all its iterators are gone.
    final class Lease: Sendable {
        let messages: MessageStream

        init(_ messages: MessageStream) { self.messages = messages }

        deinit { messages.leave() }
    }
}
