import NIOCore
import RemitRPC
import RemitWire
import Synchronization

/// The answering side of one connection: answers from other threads wait in a mailbox, and one wake-up takes them all.
// @unchecked: the mailbox is behind a mutex; the connection is touched on the event loop alone.
final class NativeSink: ReplySink, @unchecked Sendable {
    enum Item {
        case reply(Reply, [UInt8])
        case batch(ReplyBatch)
        case send(CallID, [UInt8], CheckedContinuation<Bool, Never>)
    }

    private struct Mailbox {
        var items: [Item] = []
        var isScheduled = false
    }

    let eventLoop: any EventLoop
    /// The connection, until it is closed.
    var connection: ServerConnection?
    private let mailbox = Mutex(Mailbox())
    private var spare: [Item] = []

    init(eventLoop: any EventLoop, slotCount: Int) {
        self.eventLoop = eventLoop
        super.init(slotCount: slotCount)
    }

    override func write(_ reply: Reply, _ bytes: [UInt8]) {
        guard eventLoop.inEventLoop else { return post(.reply(reply, bytes)) }
        guard let connection else { return }
        connection.reply(reply, bytes)
        connection.flushUnlessReading()
    }

    override func write(_ call: CallID, replayed: Bool, _ encode: (inout WireWriter) -> Void) {
        guard eventLoop.inEventLoop else { return super.write(call, replayed: replayed, encode) }
        guard let connection else { return }
        connection.reply(call, replayed: replayed, encode)
        connection.flushUnlessReading()
    }

    override func write(_ batch: consuming ReplyBatch) {
        guard eventLoop.inEventLoop else { return post(.batch(batch)) }
        guard let connection else { return }
        for reply in batch.replies { connection.reply(reply, batch.bytes) }
        connection.flushUnlessReading()
    }

    override func send(_ bytes: [UInt8], on call: CallID) async throws(RPCError) {
        let wasSent = await withCheckedContinuation { continuation in
            post(.send(call, bytes, continuation))
        }
        if !wasSent { throw RPCError(.cancelled, "Nobody listens to this stream any more.") }
    }

    override func attach(_ task: Task<Void, Never>, to call: CallID) {
        eventLoop.preconditionInEventLoop()
        guard let connection else { return task.cancel() }
        connection.attach(task, to: call)
    }

    private func post(_ item: sending Item) {
        let mustWake = mailbox.withLock { mailbox in
            mailbox.items.append(item)
            defer { mailbox.isScheduled = true }
            return !mailbox.isScheduled
        }
        if mustWake { eventLoop.execute { self.drain() } }
    }

    private func drain() {
        // Held for all of them: each look at it would cost what a short answer's header does.
        let connection = connection
        var items = spare
        spare = []
        mailbox.withLock { mailbox in
            swap(&items, &mailbox.items)
            mailbox.isScheduled = false
        }
        for item in items {
            switch item {
            case .reply(let reply, let bytes): connection?.reply(reply, bytes)
            case .batch(let batch): for reply in batch.replies { connection?.reply(reply, batch.bytes) }
            case .send(let call, let bytes, let continuation):
                guard let connection else {
                    continuation.resume(returning: false)
                    continue
                }
                connection.send(bytes, on: call, continuation)
            }
        }
        items.removeAll(keepingCapacity: true)
        spare = items
        connection?.flushUnlessReading()
    }
}
