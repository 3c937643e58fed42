/// Gathers the answers of one batch by the door that they leave through, so that each door is woken once.
public struct ReplyCollector {
    private var batches: [(sink: ReplySink, replies: [Reply])] = []
    private var positions: [ObjectIdentifier: Int] = [:]

    /// An empty collector.
    public init() {}

    /// Adds the answer `body` to `call`; its ranges lie in the buffer that `deliver` is given.
    public mutating func add(_ body: Reply.Body, to call: CallHandle, replayed: Bool = false) {
        let reply = Reply(call.id, body, replayed: replayed)
        if let last = batches.indices.last, batches[last].sink === call.sink {
            batches[last].replies.append(reply)
            return
        }
        let key = ObjectIdentifier(call.sink)
        if let position = positions[key] {
            batches[position].replies.append(reply)
        } else {
            positions[key] = batches.count
            batches.append((call.sink, [reply]))
        }
    }

    /// Hands each door its answers, over `bytes`, and empties the collector.
    public mutating func deliver(_ bytes: [UInt8]) {
        for (sink, replies) in batches { sink.deliver(ReplyBatch(bytes: bytes, replies: replies)) }
        batches.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}
