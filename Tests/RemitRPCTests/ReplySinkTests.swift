import RemitRPC
import Synchronization
import Testing

/// Keeps what it is told to write.
final class RecordingSink: ReplySink, @unchecked Sendable {  // Reason: what changes is behind the mutex.
    let written = Mutex<[Reply]>([])

    override func write(_ reply: Reply, _ bytes: [UInt8]) { written.withLock { $0.append(reply) } }

    var calls: [CallID] { written.withLock { $0.map(\.call) } }
}

@Suite struct ReplySinkTests {
    @Test func `starts a waiting call once`() {
        let sink = RecordingSink(slotCount: 1)
        let call = sink.open(0)
        #expect(sink.begin(call))
        #expect(!sink.begin(call))
        #expect(!sink.expire(call))
    }

    @Test func `never starts an expired call`() {
        let sink = RecordingSink(slotCount: 1)
        let call = sink.open(0)
        #expect(sink.expire(call))
        #expect(!sink.begin(call) && !sink.isOpen(call))
        #expect(sink.end(call) == .stale)
    }

    @Test func `writes one answer and drops the second`() {
        let sink = RecordingSink(slotCount: 1)
        let handle = CallHandle(sink: sink, id: sink.open(0))
        handle.reply(encoded: [1])
        handle.fail(RPCError(.internal, "Too late."))
        #expect(sink.calls == [handle.id])
    }

    @Test func `drops an answer to an earlier call of the slot`() {
        let sink = RecordingSink(slotCount: 1)
        let old = sink.open(0)
        #expect(sink.end(old) == .neverStarted)
        sink.free(old)
        let new = sink.open(0)
        CallHandle(sink: sink, id: old).reply(encoded: [])
        #expect(!sink.begin(old))
        #expect(sink.calls.isEmpty && sink.isOpen(new))
    }

    @Test func `drops only the stale answers of a batch`() {
        let sink = RecordingSink(slotCount: 3)
        let calls = (0..<3).map { sink.open($0) }
        #expect(sink.expire(calls[1]))
        sink.deliver(ReplyBatch(bytes: [], replies: calls.map { Reply($0, .message(0..<0)) }))
        #expect(sink.calls == [calls[0], calls[2]])
    }

    @Test func `lets exactly one of two threads win, begin or expire`() async {
        let sink = RecordingSink(slotCount: 1)
        for _ in 0..<500 {
            let call = sink.open(0)
            // Reason: a second thread is the test's subject.
            async let begun = Task.detached { sink.begin(call) }.value
            let expired = sink.expire(call)
            #expect(await begun != expired)
            _ = sink.end(call)
            sink.free(call)
        }
    }

    @Test func `hands each door its answers in one batch`() {
        let doors = [RecordingSink(slotCount: 2), RecordingSink(slotCount: 2)]
        let handles = [0, 1, 0, 1].enumerated().map { position, door in
            CallHandle(sink: doors[door], id: doors[door].open(UInt32(position / 2)))
        }
        var collector = ReplyCollector()
        for handle in handles { collector.add(.message(0..<1), to: handle) }
        collector.deliver([9])
        #expect(doors.map { $0.calls.count } == [2, 2])
    }

    @Test func `writes a field's tag, length, message and suffix`() {
        let call = CallID(slot: 0, generation: 1)
        let bytes = Array(repeating: UInt8(7), count: 200) + [0x10, 1]
        let reply = Reply(call, .field(number: 1, message: 0..<200, suffix: 200..<202))
        #expect(reply.message(from: bytes) == [0x0A, 0xC8, 0x01] + bytes)
    }
}
