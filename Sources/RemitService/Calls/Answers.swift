import RemitAPI
import RemitDomain
import RemitRPC
package import RemitTenant
import RemitWire

/// Turns what tenants answer into replies.
package enum Answers {
    /// Tag of `string next_action_url = 2`, which stands beside an entity and is stored nowhere.
    private static let nextActionTag: UInt32 = 2 << 3 | 2

    /// Delivers one turn's answers: one batch for each connection, all over the turn's one buffer.
    ///
    /// Responses that carry an entity have it as field 1; its stored bytes are copied by the door alone.
    package static func deliver(_ deliveries: Deliveries) {
        var bytes = deliveries.bytes
        var collector = ReplyCollector()
        for answer in deliveries.answers {
            let caller = answer.caller
            if let sink = caller.desk as? ReplySink {
                let (body, replayed) = reply(
                    to: answer.result, carriesNextAction: caller.carriesNextAction, in: &bytes)
                let call = CallID(slot: caller.slot, generation: caller.generation)
                collector.add(body, to: CallHandle(sink: sink, id: call), replayed: replayed)
            } else if let webhook = caller.desk as? WebhookDesk {
                webhook.answer(answer.result)
            }
        }
        collector.deliver(bytes)
        for found in deliveries.payments { deliver(found, bytes) }
    }

    /// Delivers gets' answers: their messages are field 1 of the response, copied by the door alone.
    private static func deliver(_ found: PaymentsFound, _ bytes: [UInt8]) {
        guard let sink = found.desk as? ReplySink else { return }
        var replies: [Reply] = []
        replies.reserveCapacity(found.answers.count)
        for answer in found.answers {
            let body: Reply.Body =
                switch answer.result {
                case .message(let range): .field(number: 1, message: range, suffix: range.upperBound..<range.upperBound)
                case .refused(let error): .failure(RPCError(error))
                }
            replies.append(Reply(CallID(slot: answer.slot, generation: answer.generation), body))
        }
        sink.deliver(ReplyBatch(bytes: bytes, replies: replies))
    }

    private static func reply(
        to result: DeliveryResult, carriesNextAction: Bool, in bytes: inout [UInt8]
    ) -> (body: Reply.Body, replayed: Bool) {
        switch result {
        case .entity(let range, let nextActionURL, let replayed):
            var suffix = bytes.count..<bytes.count
            if carriesNextAction, let nextActionURL, !nextActionURL.isEmpty {
                suffix = append(to: &bytes) { writer in
                    writer.writeField(nextActionTag, nextActionURL, StringCodec.self)
                }
            }
            return (.field(number: 1, message: range, suffix: suffix), replayed)
        case .operation(let operation):
            let response = GetOperationResponse.with { $0.operation = .init(operation) }
            return (.message(append(to: &bytes) { response.encode(into: &$0) }), false)
        case .history(let rows, let hasMore):
            let response = ListPaymentHistoryResponse.with {
                $0.rows = rows.map { PaymentHistory($0) }
                $0.hasMore = hasMore
            }
            return (.message(append(to: &bytes) { response.encode(into: &$0) }), false)
        case .accepted:
            preconditionFailure("Only a webhook is accepted; a call is answered with what it asked for.")
        case .refused(let error):
            return (.failure(RPCError(error)), false)
        }
    }

    /// Appends what `write` writes and says where it stands.
    private static func append(to bytes: inout [UInt8], _ write: (inout WireWriter) -> Void) -> Range<Int> {
        var writer = WireWriter()
        write(&writer)
        let start = bytes.count
        writer.withBytes { span in
            span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        }
        return start..<bytes.count
    }
}
