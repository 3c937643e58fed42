import Synchronization

/// The receiving end of a stream of messages: filled by a door, read by one task.
///
/// It holds what its window has let in, at most; reading grants more. Its door holds
/// it, so a reader who stops early says so by `leave()`; `ResponseStream` does that by itself.
public final class MessageStream: AsyncSequence, Sendable {
    /// A message's bytes.
    public typealias Element = [UInt8]
    /// What a stream fails with.
    public typealias Failure = RPCError

    private struct State {
        var messages: [[UInt8]] = []
        var head = 0
        var end: Result<Void, RPCError>?
        var reader: CheckedContinuation<Result<[UInt8]?, RPCError>, Never>?
    }

    private let state = Mutex(State())
    private let consumed: @Sendable (Int) -> Void
    private let cancelled: @Sendable () -> Void

    /// A stream that tells its door how many bytes were `consumed`, and when the reader has left.
    public init(consumed: @escaping @Sendable (Int) -> Void, cancelled: @escaping @Sendable () -> Void) {
        self.consumed = consumed
        self.cancelled = cancelled
    }

    /// Adds a message; the door's side.
    public func receive(_ message: [UInt8]) {
        let reader = state.withLock { state -> CheckedContinuation<Result<[UInt8]?, RPCError>, Never>? in
            if let reader = state.reader.take() { return reader }
            state.messages.append(message)
            return nil
        }
        guard let reader else { return }
        consumed(message.count)
        reader.resume(returning: .success(message))
    }

    /// Ends the stream, well or with an error, after what was received; the door's side.
    public func finish(_ error: RPCError? = nil) {
        let reader = state.withLock { state -> CheckedContinuation<Result<[UInt8]?, RPCError>, Never>? in
            guard state.end == nil else { return nil }
            state.end = error.map { .failure($0) } ?? .success(())
            return state.reader.take()
        }
        reader?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    /// The next message; nil at a good end.
    ///
    /// One task at a time may wait. Cancelling it cancels the call.
    public func next() async throws(RPCError) -> [UInt8]? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Result<[UInt8]?, RPCError>? in
                    precondition(state.reader == nil, "One task at a time reads a stream.")
                    if state.head < state.messages.count {
                        let message = state.messages[state.head]
                        state.head += 1
                        if state.head == state.messages.count {
                            state.messages.removeAll(keepingCapacity: true)
                            state.head = 0
                        }
                        return .success(message)
                    }
                    if let end = state.end { return end.map { nil } }
                    state.reader = continuation
                    return nil
                }
                guard let ready else { return }
                if case .success(.some(let message)) = ready { consumed(message.count) }
                continuation.resume(returning: ready)
            }
        } onCancel: {
            leave()
        }
        return try result.get()
    }

    /// Leaves the stream: its call is cancelled, and reading ends with CANCELLED after what has arrived.
    public func leave() {
        let wasOpen = state.withLock { $0.end == nil }
        finish(RPCError(.cancelled, "The caller left the stream."))
        if wasOpen { cancelled() }
    }

    /// An iterator over the messages; all iterators read the same stream.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Reads a stream of messages.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: MessageStream

        /// The next message; nil at a good end.
        public mutating func next() async throws(RPCError) -> [UInt8]? { try await stream.next() }

        /// The next message; nil at a good end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> [UInt8]? {
            try await stream.next()
        }
    }
}
