import NIOCore
import RemitFrame
import RemitRPC
import RemitWire

extension ServerConnection {
    /// Meta of a good END that replays an earlier answer.
    private static let replayedMeta: [UInt8] = {
        var meta = StatusMeta()
        meta.replayed = true
        return meta.encoded()
    }()

    // MARK: Starting

    /// Starts the call in `slot`, whose request is whole.
    func start(_ slot: UInt32, meta: Span<UInt8>, message: Span<UInt8>, at arrival: UInt64) {
        guard origins != nil else { preconditionFailure("Nothing starts before the identity is judged.") }
        var context: CallContext
        do throws(RPCError) {
            let head = try Self.head(meta)
            guard let origin = origins?.origin(head.tenant, in: meta) else { throw .malformedMeta("tenant") }
            context = CallContext(origin: origin, arrival: Deadline(nanoseconds: arrival))
            context.attempt = head.attempt
            if head.hasDetails { try Self.add(head, meta, to: &context) }
            if head.timeoutMicroseconds > 0 {
                let nanoseconds = head.timeoutMicroseconds.multipliedReportingOverflow(by: 1_000)
                context.deadline = .after(
                    nanoseconds: nanoseconds.overflow ? .max : nanoseconds.partialValue, from: context.arrival)
            }
            try router.admit(meta.extracting(head.method), &context)
        } catch {
            refuse(slot, error)
            return
        }
        let id = sink.open(slot)
        calls[Int(slot)] = Call(id: id, context: context)
        plan(deadline: context.deadline.nanoseconds)
        router.run(context, message, CallHandle(sink: sink, id: id))
    }

    private static func add(
        _ head: RequestHead, _ meta: Span<UInt8>, to context: inout CallContext
    ) throws(RPCError) {
        guard let key = RequestHead.text(head.idempotencyKey, in: meta),
            let traceparent = RequestHead.text(head.traceparent, in: meta)
        else { throw .malformedMeta("a text") }
        context.setDetails(
            idempotencyKey: key.isEmpty ? nil : key, traceparent: traceparent,
            metadata: head.metadata.map { RemitRPC.MetadataEntry($0.key, $0.value) })
    }

    private static func head(_ meta: Span<UInt8>) throws(RPCError) -> RequestHead {
        let head: RequestHead
        do {
            head = try RequestHead(meta)
        } catch {
            throw .malformedMeta("\(error)")
        }
        guard let field = head.invalidField else { return head }
        throw RPCError(
            .invalidArgument, "The request's \(field) is longer than allowed, or has characters that aren't.",
            reason: "invalid_meta", field: field, notProcessed: true)
    }

    private func refuse(_ slot: UInt32, _ error: RPCError) {
        machine.ended(slot)
        writeEnd(slot, metaOfRefusal(error))
        if error.code == .unauthenticated, error.reason == "credential_revoked" {
            beginDrain(code: ConnectionFault.unauthenticated.rawValue, text: ConnectionFault.unauthenticated.text)
        } else {
            closeIfDrained()
        }
    }

    /// The meta of a refused call's END, encoded once for as long as the same refusal is repeated.
    private func metaOfRefusal(_ error: RPCError) -> [UInt8] {
        if let lastRefusal, lastRefusal.error == error { return lastRefusal.meta }
        let meta = StatusMeta(error).encoded()
        lastRefusal = (error, meta)
        return meta
    }

    /// Keeps a stream's task, to cancel it when its call ends early.
    func attach(_ task: Task<Void, Never>, to id: CallID) {
        guard calls[Int(id.slot)]?.id == id else { return task.cancel() }
        tasks[id.slot] = task
    }

    // MARK: Answering

    /// Writes an answer whose right to be sent was claimed.
    func reply(_ reply: Reply, _ bytes: [UInt8]) {
        let slot = reply.call.slot
        guard calls[Int(slot)]?.id == reply.call else { return }
        switch reply.body {
        case .failure(let error): finish(slot, error)
        case .endOfStream:
            if outgoing[slot] == nil {
                writeEnd(slot, [])
                finished(slot, nil, replayed: false)
            } else {
                outgoing[slot]?.end = Outgoing.End(meta: [], replayed: false)
            }
        case .message(let range):
            guard fits(range.count, slot) else { return queue(slot, reply, bytes) }
            var writer = spareWriter.take()
            writer.prepend(bytes.span.extracting(range))
            writeAnswer(slot, writer, replayed: reply.replayed)
        case .field(let number, let message, let suffix):
            var writer = spareWriter.take()
            writer.prepend(bytes.span.extracting(suffix))
            writer.writeBytes(bytes.span.extracting(message))
            writer.writeTag(UInt32(number << 3 | 2))
            guard fits(writer.count, slot) else {
                spareWriter.giveBack(writer)
                return queue(slot, reply, bytes)
            }
            writeAnswer(slot, writer, replayed: reply.replayed)
        }
    }

    /// Writes the answer that `encode` encodes, whose right to be sent was claimed.
    func reply(_ call: CallID, replayed: Bool, _ encode: (inout WireWriter) -> Void) {
        let slot = call.slot
        guard calls[Int(slot)]?.id == call else { return }
        var writer = spareWriter.take()
        encode(&writer)
        guard fits(writer.count, slot) else {
            let bytes = writer.array
            spareWriter.giveBack(writer)
            return queue(slot, Reply(call, .message(0..<bytes.count), replayed: replayed), bytes)
        }
        writeAnswer(slot, writer, replayed: replayed)
    }

    /// Ends a call with the message in the writer, which fits a frame.
    private func writeAnswer(_ slot: UInt32, _ writer: consuming WireWriter, replayed: Bool) {
        let size = writer.count
        if replayed { writer.prepend(Self.replayedMeta) }
        out.writeFrame(
            FrameHeader(.end, .message, metaLength: writer.count - size, bodyLength: size, slot: slot), writer)
        spareWriter.giveBack(writer)
        finished(slot, nil, replayed: replayed)
    }

    /// Whether a message leaves in one frame now; its window is taken then, and only then.
    private func fits(_ size: Int, _ slot: UInt32) -> Bool {
        guard size <= limits.connection.frameBodySizeMax, outgoing[slot] == nil else { return false }
        let taken = machine.take(size, on: slot)
        if taken == size { return true }
        // The rest is queued; what was taken is spent on its first fragments.
        credits[slot] = taken
        return false
    }

    private func queue(_ slot: UInt32, _ reply: Reply, _ bytes: [UInt8]) {
        let message = reply.message(from: bytes)
        guard message.count <= machine.peerMessageSizeMax else {
            credits[slot] = nil
            return finish(slot, tooLarge(slot))
        }
        outgoing[slot] = Outgoing(
            bytes: message, credit: credits.removeValue(forKey: slot) ?? 0,
            end: Outgoing.End(meta: reply.replayed ? Self.replayedMeta : [], replayed: reply.replayed))
        pump(slot)
    }

    private func tooLarge(_ slot: UInt32) -> RPCError {
        let outcome = calls[Int(slot)].map { router.outcomeWhenAbandoned($0.context) } ?? .unknown
        return RPCError(
            .resourceExhausted, "The answer is larger than the caller accepts.", reason: "message_too_large",
            outcome: outcome)
    }

    /// Sends one message of a stream; the continuation goes on when all of it has been handed to the socket.
    func send(_ bytes: [UInt8], on id: CallID, _ continuation: CheckedContinuation<Bool, Never>) {
        guard calls[Int(id.slot)]?.id == id, sink.isOpen(id), outgoing[id.slot] == nil else {
            continuation.resume(returning: false)
            return
        }
        guard bytes.count <= machine.peerMessageSizeMax else {
            continuation.resume(returning: false)
            if sink.end(id) != .stale { finish(id.slot, tooLarge(id.slot)) }
            return
        }
        outgoing[id.slot] = Outgoing(bytes: bytes, sender: continuation)
        pump(id.slot)
    }

    /// Sends as much of a slot's message as its window and the socket allow.
    func pump(_ slot: UInt32) {
        guard var message = outgoing[slot] else { return }
        while message.remaining > 0 || !message.hasBegun {
            guard context?.channel.isWritable == true else { break }
            let wanted = min(message.remaining, limits.connection.frameBodySizeMax) - message.credit
            let count = message.credit + (wanted > 0 ? machine.take(wanted, on: slot) : 0)
            guard count > 0 || message.remaining == 0 else { break }
            message.credit = 0
            let flags: FrameFlags = message.hasBegun ? .none : .message
            let range = message.offset..<message.offset + count
            message.hasBegun = true
            message.offset += count
            if message.remaining == 0, let end = message.end {
                writeEndHeader(slot, end.meta, bodyLength: count, flags: flags)
                out.writeBytes(message.bytes[range])
                outgoing[slot] = nil
                return finished(slot, nil, replayed: end.replayed)
            }
            let more: FrameFlags = message.remaining == 0 ? .none : .more
            out.writeHeader(FrameHeader(.data, flags.union(more), bodyLength: count, slot: slot))
            out.writeBytes(message.bytes[range])
        }
        guard message.hasBegun, message.remaining == 0 else {
            outgoing[slot] = message
            return
        }
        outgoing[slot] = nil
        message.sender?.resume(returning: true)
    }

    /// Writes an END without a message.
    func writeEnd(_ slot: UInt32, _ meta: [UInt8]) {
        out.writeFrame(FrameHeader(.end, metaLength: meta.count, slot: slot), meta: meta)
    }

    private func writeEndHeader(_ slot: UInt32, _ meta: [UInt8], bodyLength: Int, flags: FrameFlags) {
        out.writeHeader(FrameHeader(.end, flags, metaLength: meta.count, bodyLength: bodyLength, slot: slot))
        if !meta.isEmpty { out.writeBytes(meta) }
    }

    // MARK: Ending

    /// Ends a call, whose right to be answered was claimed, with an error.
    func finish(_ slot: UInt32, _ error: RPCError) {
        writeEnd(slot, StatusMeta(error).encoded())
        finished(slot, error, replayed: false)
    }

    /// The END is written: frees the slot and tells the interceptors.
    private func finished(_ slot: UInt32, _ error: RPCError?, replayed: Bool) {
        guard let call = forget(slot, error) else { return }
        machine.ended(slot)
        sink.free(call.id)
        router.finished(
            call.context,
            CallStatus(
                error: error, replayed: replayed, nanoseconds: answerMoment.nanoseconds(since: call.context.arrival)))
        closeIfDrained()
    }

    /// When an answer leaves: in a read's turn, sixteen answers share a look at the clock, which costs as much as the
    /// rest of what is measured of a short call.
    private var answerMoment: Deadline {
        guard isReading else { return Deadline(nanoseconds: NIODeadline.now().uptimeNanoseconds) }
        if answersOfTurn & 15 == 0 { lastAnswer = NIODeadline.now().uptimeNanoseconds }
        answersOfTurn &+= 1
        return Deadline(nanoseconds: lastAnswer)
    }

    private func forget(_ slot: UInt32, _ error: RPCError?) -> Call? {
        guard let call = calls[Int(slot)].take() else { return nil }
        if !credits.isEmpty { credits[slot] = nil }
        if !outgoing.isEmpty { outgoing.removeValue(forKey: slot)?.sender?.resume(returning: false) }
        if !tasks.isEmpty, let task = tasks.removeValue(forKey: slot), error != nil { task.cancel() }
        return call
    }

    /// Ends a call early: with `waiting` if it hasn't started, else with `running` of its outcome.
    private func abandon(_ slot: UInt32, waiting: RPCError, running: (RemitRPC.Outcome) -> RPCError) {
        guard let call = calls[Int(slot)] else { return }
        switch sink.end(call.id) {
        case .neverStarted: finish(slot, waiting)
        case .started: finish(slot, running(router.outcomeWhenAbandoned(call.context)))
        case .stale:
            // An answer is on its way; only one that hangs in its window can still be taken back.
            if outgoing[slot] != nil { finish(slot, running(router.outcomeWhenAbandoned(call.context))) }
        }
    }

    /// The caller asked for the call's end.
    func cancelCall(_ slot: UInt32) {
        abandon(slot, waiting: .cancelledBeforeStart) { outcome in
            RPCError(.cancelled, "The caller cancelled while the call was running.", outcome: outcome)
        }
    }

    /// Ends the calls whose deadline has passed; gives the earliest deadline of the others.
    func expireCalls(_ now: UInt64) -> UInt64 {
        var earliest = UInt64.max
        for slot in calls.indices {
            guard let deadline = calls[slot]?.context.deadline.nanoseconds else { continue }
            if deadline > now {
                earliest = min(earliest, deadline)
            } else {
                abandon(UInt32(slot), waiting: .expiredBeforeStart) { .expiredWhileRunning(outcome: $0) }
            }
        }
        return earliest
    }

    /// Ends every stream, because the server goes away: its reader goes on elsewhere after the last message.
    func endStreams() {
        for slot in Array(tasks.keys) {
            let error = RPCError(
                .unavailable, "The server is going away.", reason: "draining", retryAfterMilliseconds: 100)
            abandon(slot, waiting: error) { _ in error }
        }
    }

    /// Ends every call that is left when a drain's time is up.
    func abandonCalls() {
        for slot in calls.indices where calls[slot] != nil {
            abandon(
                UInt32(slot),
                waiting: RPCError(.unavailable, "The server is going away.", reason: "draining", notProcessed: true)
            ) { outcome in
                RPCError(
                    .unavailable, "The server went away while the call was running.", reason: "draining",
                    outcome: outcome)
            }
        }
    }

    /// The connection is gone: nobody can be answered, so what waits never runs and what runs is left to itself.
    func loseCalls() {
        for slot in calls.indices {
            guard let call = calls[slot] else { continue }
            let wasStarted = sink.end(call.id) != .neverStarted
            let error = RPCError(
                .unavailable, "The connection was lost.", outcome: wasStarted ? .unknown : .none,
                notProcessed: !wasStarted)
            _ = forget(UInt32(slot), error)
            router.finished(call.context, CallStatus(error: error))
        }
    }
}

extension RPCError {
    fileprivate static func malformedMeta(_ why: String) -> RPCError {
        RPCError(
            .invalidArgument, "The request's meta is malformed.", reason: "malformed_meta", notProcessed: true,
            context: ["decoding": why])
    }
}
