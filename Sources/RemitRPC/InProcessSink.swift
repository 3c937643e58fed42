import Synchronization

/// The answering side of an in-process channel: a table of calls behind one lock.
// @unchecked: all that changes is behind the mutex.
final class InProcessSink: ReplySink, @unchecked Sendable {
    typealias Answer = Result<(message: [UInt8], info: ResponseInfo), RPCError>

    enum Receiver {
        case opening
        case unary(CheckedContinuation<Answer, Never>)
        case stream(MessageStream)
    }

    private struct Entry {
        var id: CallID
        var context: CallContext
        var receiver = Receiver.opening
        var task: Task<Void, Never>?
        var timer: Task<Void, Never>?
        /// Bytes sent that the reader hasn't taken.
        var outstanding = 0
        var senders: [CheckedContinuation<Void, Never>] = []
    }

    private struct Table {
        var entries: [UInt32: Entry] = [:]
        var free: [UInt32]
    }

    /// Bytes of a stream that wait for its reader before its sender waits: the first window of the native protocol.
    private static let windowSize = 65_536

    private let router: Router
    private let own: CallOrigin
    private let now: @Sendable () -> Deadline
    private let table: Mutex<Table>

    init(router: Router, identity: Identity, callsMax: Int, now: @escaping @Sendable () -> Deadline) {
        self.router = router
        own = CallOrigin(identity: identity)
        self.now = now
        table = Mutex(Table(free: (0..<UInt32(callsMax)).reversed()))
        super.init(slotCount: callsMax)
    }

    func admit(_ method: MethodDescriptor, _ options: CallOptions) throws(RPCError) -> CallContext {
        let origin = options.tenant.map { $0.isEmpty ? own : CallOrigin(identity: own.identity, tenant: $0) } ?? own
        var context = CallContext(origin: origin, arrival: now())
        context.setDetails(
            idempotencyKey: options.idempotencyKey, traceparent: options.traceparent ?? "", metadata: options.metadata)
        context.attempt = options.attempt
        if let timeout = options.timeout {
            context.deadline = .after(nanoseconds: timeout.nanosecondsClamped, from: context.arrival)
        }
        let path = Array(method.fullName.utf8)
        try router.admit(path.span, &context)
        return context
    }

    /// Opens a slot for an admitted call.
    func open(_ context: CallContext) throws(RPCError) -> CallID {
        let call = table.withLock { table -> CallID? in
            guard let slot = table.free.popLast() else { return nil }
            let call = open(slot)
            table.entries[slot] = Entry(id: call, context: context)
            return call
        }
        if let call { return call }
        let error = RPCError(
            .resourceExhausted, "Too many calls are running on this channel.", reason: "too_many_calls",
            notProcessed: true)
        router.finished(context, CallStatus(error: error))
        throw error
    }

    func run(_ call: CallID, _ receiver: Receiver, _ request: [UInt8]) {
        let context = table.withLock { table -> CallContext? in
            guard table.entries[call.slot]?.id == call else { return nil }
            table.entries[call.slot]?.receiver = receiver
            return table.entries[call.slot]?.context
        }
        guard let context else {
            // It was cancelled between its opening and this moment.
            Self.end(receiver, .failure(.cancelledBeforeStart))
            return
        }
        router.run(context, request.span, CallHandle(sink: self, id: call))
    }

    override func write(_ reply: Reply, _ bytes: [UInt8]) {
        if case .failure(let error) = reply.body {
            finish(reply.call, .failure(error), replayed: reply.replayed)
        } else {
            let answer = (message: reply.message(from: bytes), info: ResponseInfo(replayed: reply.replayed))
            finish(reply.call, .success(answer), replayed: reply.replayed)
        }
    }

    override func send(_ bytes: [UInt8], on call: CallID) async throws(RPCError) {
        await withCheckedContinuation { continuation in
            let mayGoOn = table.withLock { table in
                guard let entry = table.entries[call.slot], entry.id == call else { return true }
                if entry.outstanding < Self.windowSize { return true }
                table.entries[call.slot]?.senders.append(continuation)
                return false
            }
            if mayGoOn { continuation.resume() }
        }
        let stream = table.withLock { table -> MessageStream? in
            guard let entry = table.entries[call.slot], entry.id == call, case .stream(let stream) = entry.receiver,
                isOpen(call)
            else { return nil }
            table.entries[call.slot]?.outstanding += bytes.count
            return stream
        }
        guard let stream else { throw RPCError(.cancelled, "Nobody listens to this stream any more.") }
        stream.receive(bytes)
    }

    override func attach(_ task: Task<Void, Never>, to call: CallID) {
        let ended = table.withLock { table in
            guard table.entries[call.slot]?.id == call else { return true }
            table.entries[call.slot]?.task = task
            return false
        }
        if ended { task.cancel() }
    }

    /// Keeps the sleeper of a call's deadline, to cancel it when the call ends.
    func keep(_ timer: Task<Void, Never>, for call: CallID) {
        let ended = table.withLock { table in
            guard table.entries[call.slot]?.id == call else { return true }
            table.entries[call.slot]?.timer = timer
            return false
        }
        if ended { timer.cancel() }
    }

    func consumed(_ bytes: Int, of call: CallID) {
        let senders = table.withLock { table -> [CheckedContinuation<Void, Never>] in
            guard var entry = table.entries[call.slot], entry.id == call else { return [] }
            entry.outstanding -= bytes
            var senders: [CheckedContinuation<Void, Never>] = []
            if entry.outstanding < Self.windowSize { swap(&senders, &entry.senders) }
            table.entries[call.slot] = entry
            return senders
        }
        for sender in senders { sender.resume() }
    }

    func cancel(_ call: CallID) {
        switch end(call) {
        case .neverStarted:
            finish(call, .failure(.cancelledBeforeStart))
        case .started:
            abandon(call) { outcome in
                RPCError(.cancelled, "The caller cancelled while the call was running.", outcome: outcome)
            }
        case .stale:
            break
        }
    }

    func expire() {
        let now = now()
        let due = table.withLock { table in
            table.entries.values.filter { $0.context.deadline <= now }.map(\.id)
        }
        for call in due {
            switch end(call) {
            case .neverStarted: finish(call, .failure(.expiredBeforeStart))
            case .started: abandon(call) { .expiredWhileRunning(outcome: $0) }
            case .stale: break
            }
        }
    }

    private func abandon(_ call: CallID, _ error: (Outcome) -> RPCError) {
        let context = table.withLock { table in table.entries[call.slot]?.context }
        guard let context else { return }
        finish(call, .failure(error(router.outcomeWhenAbandoned(context))))
    }

    /// Answers an ended call, frees its slot and tells the interceptors.
    private func finish(_ call: CallID, _ answer: Answer, replayed: Bool = false) {
        let entry = table.withLock { table -> Entry? in
            guard let entry = table.entries[call.slot], entry.id == call else { return nil }
            table.entries[call.slot] = nil
            free(call)
            table.free.append(call.slot)
            return entry
        }
        guard let entry else { return }
        var status = CallStatus(replayed: replayed)
        if case .failure(let error) = answer {
            status.error = error
            entry.task?.cancel()
        }
        status.nanoseconds = now().nanoseconds(since: entry.context.arrival)
        entry.timer?.cancel()
        router.finished(entry.context, status)
        for sender in entry.senders { sender.resume() }
        Self.end(entry.receiver, answer)
    }

    private static func end(_ receiver: Receiver, _ answer: Answer) {
        switch receiver {
        case .opening:
            break
        case .unary(let continuation):
            continuation.resume(returning: answer)
        case .stream(let stream):
            if case .failure(let error) = answer { stream.finish(error) } else { stream.finish() }
        }
    }
}
