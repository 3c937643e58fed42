import RemitAPI
import RemitDomain
import RemitRPC
import RemitService
import RemitTenant
import RemitTesting
import RemitWire
import Synchronization
import Testing

/// A turn's answers leave in one batch for each door.
struct AnswersTests {
    /// A door that keeps what it is handed.
    // @unchecked: what changes is behind the mutex.
    private final class KeptSink: ReplySink, @unchecked Sendable {
        struct Kept {
            var batches = 0
            var messages: [CallID: [UInt8]] = [:]
            var errors: [CallID: RPCError] = [:]
            var replayed: Set<CallID> = []
        }

        let kept = Mutex(Kept())

        override func write(_ batch: consuming ReplyBatch) {
            let (replies, bytes) = (batch.replies, batch.bytes)
            kept.withLock { kept in
                kept.batches += 1
                for reply in replies {
                    if case .failure(let error) = reply.body {
                        kept.errors[reply.call] = error
                    } else {
                        kept.messages[reply.call] = reply.message(from: bytes)
                    }
                    if reply.replayed { kept.replayed.insert(reply.call) }
                }
            }
        }

        func call(_ slot: UInt32) -> CallHandle { CallHandle(sink: self, id: open(slot)) }
    }

    private func entity(_ bytes: Range<Int>, url: String? = nil, replayed: Bool = false) -> DeliveryResult {
        .entity(bytes, nextActionURL: url, replayed: replayed)
    }

    @Test("each door gets one batch, whatever the order of its calls")
    func groups() throws {
        let doors = [KeptSink(slotCount: 8), KeptSink(slotCount: 8)]
        let message = RemitAPI.Payment.with { $0.id = "payment_1" }.encoded()
        var deliveries = Deliveries()
        deliveries.bytes = message
        var calls: [(KeptSink, CallHandle)] = []
        for index in 0..<8 {
            let door = doors[index % 2]
            let call = door.call(UInt32(index / 2))
            calls.append((door, call))
            deliveries.answers.append(Delivery(.call(call), entity(0..<message.count, replayed: index == 3)))
        }
        Answers.deliver(deliveries)
        for door in doors { #expect(door.kept.withLock { $0.batches } == 1) }
        for (index, (door, call)) in calls.enumerated() {
            let bytes = try #require(door.kept.withLock { $0.messages[call.id] })
            #expect(try GetPaymentResponse(decoding: bytes).payment?.id == "payment_1")
            #expect(door.kept.withLock { $0.replayed.contains(call.id) } == (index == 3))
        }
    }

    @Test("the next action stands beside the entity, only where the response has the field")
    func nextAction() throws {
        let door = KeptSink(slotCount: 4)
        let message = RemitAPI.Payment.with { $0.id = "payment_1" }.encoded()
        let (process, get, plain) = (door.call(0), door.call(1), door.call(2))
        var deliveries = Deliveries()
        deliveries.bytes = [0xFF] + message
        let range = 1..<message.count + 1
        deliveries.answers = [
            Delivery(.call(process, carriesNextAction: true), entity(range, url: "https://bank.example/3ds")),
            Delivery(.call(get), entity(range, url: "https://bank.example/3ds")),
            Delivery(.call(plain, carriesNextAction: true), entity(range)),
        ]
        Answers.deliver(deliveries)
        func response(_ call: CallHandle) throws -> ProcessPaymentResponse {
            try ProcessPaymentResponse(decoding: try #require(door.kept.withLock { $0.messages[call.id] }))
        }
        #expect(try response(process).nextActionUrl == "https://bank.example/3ds")
        #expect(try response(process).payment?.id == "payment_1")
        #expect(try response(get).nextActionUrl.isEmpty && response(plain).nextActionUrl.isEmpty)
    }

    @Test("an answer to a call that has ended is dropped")
    func stale() {
        let door = KeptSink(slotCount: 1)
        let call = door.call(0)
        #expect(door.expire(call.id))
        var deliveries = Deliveries()
        deliveries.answers = [Delivery(.call(call), .refused(.unknownOutcome))]
        Answers.deliver(deliveries)
        #expect(door.kept.withLock { $0.batches } == 0)
        #expect(!Caller.call(call).begin(), "what expired while it waited never runs")
    }

    @Test("an operation and a history become their responses")
    func messages() throws {
        let door = KeptSink(slotCount: 2)
        let (first, second) = (door.call(0), door.call(1))
        var operation = Fixture.operation(method: .refundPayment)
        operation.state = .finished
        operation.outcome = .failure
        operation.refusal = .nothingToRefund
        operation.replySequence = 9
        operation.firstSent = Fixture.start + 1
        operation.lastSent = Fixture.start + 2
        let row = HistoryRow(
            payment: PaymentID("payment_test"), isNew: true, source: .webhook, update: "charge.refunded",
            applied: false, reason: "older", fromStage: .new, toStage: .captured, actor: "stripe",
            stripeEventID: "evt_1", operation: operation.id, at: Fixture.start)
        var deliveries = Deliveries()
        deliveries.answers = [
            Delivery(.call(first), .operation(operation)),
            Delivery(.call(second), .history([NumberedHistoryRow(ordinal: 3, row: row)], hasMore: true)),
        ]
        Answers.deliver(deliveries)
        let kept = door.kept.withLock { $0.messages }
        let told = try GetOperationResponse(decoding: try #require(kept[first.id])).operation
        #expect(told?.method == "remit.v1.PaymentService/RefundPayment")
        #expect(told?.state == .finished && told?.outcome == .failure && told?.refusal == "nothing_to_refund")
        #expect(told?.replySequence == 9 && told?.entityId == "payment_test")
        #expect(told?.firstSentAtMs == Fixture.start.milliseconds + 1)
        #expect(told?.lastSentAtMs == Fixture.start.milliseconds + 2)
        let history = try ListPaymentHistoryResponse(decoding: try #require(kept[second.id]))
        let line = try #require(history.rows.first)
        #expect(history.hasMore && history.rows.count == 1)
        #expect(line.ordinal == 3 && line.updateType == .new && line.source == .webhook && !line.applied)
        #expect(line.update == "charge.refunded" && line.reason == "older" && line.actor == "stripe")
        #expect(line.fromStage == .new && line.toStage == .captured && line.stripeEventId == "evt_1")
        #expect(line.operationId == "operation_test" && line.atMs == Fixture.start.milliseconds)
    }

    @Test("an open operation has no outcome yet, a finished one without effect says so")
    func outcomes() throws {
        let door = KeptSink(slotCount: 2)
        let calls = [door.call(0), door.call(1)]
        var deliveries = Deliveries()
        for (call, state) in zip(calls, [RemitDomain.OperationState.started, .finished]) {
            var operation = Fixture.operation()
            operation.state = state
            operation.outcome = .none
            deliveries.answers.append(Delivery(.call(call), .operation(operation)))
        }
        Answers.deliver(deliveries)
        let outcomes = try calls.map { call in
            let bytes = try #require(door.kept.withLock { $0.messages[call.id] })
            return try GetOperationResponse(decoding: bytes).operation?.outcome
        }
        #expect(outcomes == [.unspecified, RemitAPI.OperationOutcome.none])
    }

    @Test(
        "a refusal keeps its code, reason, field, outcome and advice",
        arguments: [
            PaymentError.Code.invalidArgument, .deadlineExceeded, .notFound, .alreadyExists, .permissionDenied,
            .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .internal, .unavailable, .unauthenticated,
        ])
    func refusals(_ code: PaymentError.Code) throws {
        let door = KeptSink(slotCount: 1)
        let outcomes: [(RemitDomain.OperationOutcome, Outcome)] = [
            (.none, .none), (.failure, .failure), (.unknown, .unknown), (.success, .none),
        ]
        for (outcome, told) in outcomes {
            let call = door.call(0)
            var deliveries = Deliveries()
            let refusal = PaymentError(
                code, reason: "some_reason", message: "Do this.", field: "amount", outcome: outcome,
                notProcessed: outcome == .none, retryAfterMilliseconds: 250)
            deliveries.answers = [Delivery(.call(call), .refused(refusal))]
            Answers.deliver(deliveries)
            let error = try #require(door.kept.withLock { $0.errors[call.id] })
            #expect(Int64(error.code.rawValue) == code.rawValue)
            #expect(error.reason == "some_reason" && error.message == "Do this." && error.field == "amount")
            #expect(error.outcome == told && error.notProcessed == (outcome == .none))
            #expect(error.retryAfterMilliseconds == 250)
            door.free(call.id)
        }
    }

    @Test("a webhook is accepted once its tenant says so, and refused with the tenant's reason")
    func webhooks() async throws {
        let directory = RecordingDirectory()
        directory.answersAlways(.accepted)
        let webhooks = ["evt_1", "evt_2"].map { id in
            let event = ProcessorEvent(id: id, type: "x", created: Fixture.start, livemode: false, fact: nil)
            return ReceivedWebhook(body: Array(id.utf8), event: event, redacted: [])
        }
        try await directory.accept(webhooks[0], for: FixedControl.ours)
        directory.answersAlways(.refused(.commitFailed))
        await #expect(throws: PaymentError.commitFailed) {
            try await directory.accept(webhooks[1], for: FixedControl.ours)
        }
        let asked = directory.entries.compactMap { if case .webhook(let webhook) = $0.asked { webhook } else { nil } }
        #expect(asked == webhooks)
    }
}
