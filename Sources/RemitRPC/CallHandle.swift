public import RemitWire

/// One call, without its types: what a service keeps until it answers.
///
/// Answer once, from any thread; a second answer, and one after the deadline, is dropped.
public struct CallHandle: Sendable {
    /// Where the answer goes.
    public let sink: ReplySink
    /// Which call of the sink it is.
    public let id: CallID

    /// The call `id` of `sink`.
    @inlinable
    public init(sink: ReplySink, id: CallID) {
        self.sink = sink
        self.id = id
    }

    /// Starts the call; false means that it expired or was cancelled, and must never run.
    public func begin() -> Bool { sink.begin(id) }

    /// Puts a started call, of which nothing was executed, back to waiting; false means that it has ended.
    public func pause() -> Bool { sink.pause(id) }

    /// Whether somebody still waits for the answer.
    public var isOpen: Bool { sink.isOpen(id) }

    /// Answers with the response message's bytes: `range` of `bytes`, all of them by default.
    public func reply(encoded bytes: [UInt8], _ range: Range<Int>? = nil, replayed: Bool = false) {
        sink.deliver(Reply(id, .message(range ?? 0..<bytes.count), replayed: replayed), bytes)
    }

    /// Answers with the message that `encode` writes; it isn't asked when nobody waits for the answer.
    public func reply(replayed: Bool = false, encode: (inout WireWriter) -> Void) {
        sink.deliver(id, replayed: replayed, encode: encode)
    }

    /// Answers with an error.
    public func fail(_ error: RPCError) {
        sink.deliver(Reply(id, .failure(error)), [])
    }
}
