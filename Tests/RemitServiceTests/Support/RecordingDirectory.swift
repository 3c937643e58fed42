import RemitDomain
import RemitService
import RemitTesting
import Synchronization

@testable import RemitTenant

/// A directory that writes down what it is asked and answers as the test says, through the services' own delivery.
final class RecordingDirectory: TenantDoor {
    enum Asked: Sendable {
        case verb(VerbCall)
        case read(ReadCall)
        case webhook(ReceivedWebhook)
        case find(PaymentQuery)
        case events(EventQuery)
        case wait(Int64)
    }

    struct Entry: Sendable {
        var asked: Asked
        /// Who waits; nobody is kept longer, since callers lead back to the services and to this.
        var caller: Caller?
        var tenant: TenantID
    }

    private struct State {
        var entries: [Entry] = []
        var batches: [(tenant: TenantID, count: Int)] = []
        var handOvers = 0
        var answer: (@Sendable (Asked) -> (bytes: [UInt8], result: DeliveryResult)?)?
        var payments: (@Sendable (PaymentQuery) throws(PaymentError) -> PaymentPage)?
        var events: (@Sendable (EventQuery) throws(PaymentError) -> EventPage)?
    }

    private let state = Mutex(State())
    /// Sent for each thing that was asked.
    let asked = TestSignal<Void>()
    /// What a wait for an event waits for.
    let newEvent = TestSignal<Void>()

    /// How often batches came, of one tenant or of several.
    var handOvers: Int { state.withLock { $0.handOvers } }
    var entries: [Entry] { state.withLock { $0.entries } }

    /// What was handed over together, as the number of its calls.
    var batches: [(tenant: TenantID, count: Int)] { state.withLock { $0.batches } }

    var verbs: [VerbCall] {
        entries.compactMap { if case .verb(let call) = $0.asked { call } else { nil } }
    }

    var reads: [ReadCall] {
        entries.compactMap { if case .read(let read) = $0.asked { read } else { nil } }
    }

    /// Answers every call at once with `result` over `bytes`; without this, calls wait.
    func answersAlways(_ result: DeliveryResult, bytes: [UInt8] = []) {
        state.withLock { $0.answer = { _ in (bytes, result) } }
    }

    func findsPayments(_ page: @escaping @Sendable (PaymentQuery) throws(PaymentError) -> PaymentPage) {
        state.withLock { $0.payments = page }
    }

    func readsEvents(_ page: @escaping @Sendable (EventQuery) throws(PaymentError) -> EventPage) {
        state.withLock { $0.events = page }
    }

    /// Answers the calls that wait, all in one turn.
    func answerWaiting(_ result: DeliveryResult, bytes: [UInt8] = []) {
        var deliveries = Deliveries()
        deliveries.bytes = bytes
        let callers = state.withLock { state in
            let callers = state.entries.compactMap(\.caller)
            for index in state.entries.indices { state.entries[index].caller = nil }
            return callers
        }
        deliveries.answers = callers.map { Delivery($0, result) }
        Answers.deliver(deliveries)
    }

    func submit(_ call: VerbCall, from caller: Caller, to tenant: TenantID) {
        record(.verb(call), caller, tenant)
    }

    func submit(_ read: ReadCall, from caller: Caller, to tenant: TenantID) {
        record(.read(read), caller, tenant)
    }

    func submit(_ batch: CallBatch, to tenant: TenantID) {
        state.withLock { $0.handOvers += 1 }
        record(batch, tenant)
    }

    private func record(_ batch: CallBatch, _ tenant: TenantID) {
        state.withLock { $0.batches.append((tenant, batch.count)) }
        for mail in batch.mail {
            switch mail {
            case .entry(.verb(let call, let caller)): submit(call, from: caller, to: tenant)
            case .entry(.read(let read, let caller)): submit(read, from: caller, to: tenant)
            case .gets(let gets): for (read, caller) in gets.reads { submit(read, from: caller, to: tenant) }
            case .entry, .page, .pageEnded, .readersClosed, .job: break
            }
        }
    }

    func submit(_ batches: [(batch: CallBatch, tenant: TenantID)]) {
        state.withLock { $0.handOvers += 1 }
        for (batch, tenant) in batches { record(batch, tenant) }
    }

    func submit(_ webhook: ReceivedWebhook, from caller: Caller, to tenant: TenantID) {
        record(.webhook(webhook), caller, tenant)
    }

    func findPayments(_ query: PaymentQuery, in tenant: TenantID) async throws(PaymentError) -> PaymentPage {
        record(.find(query), nil, tenant)
        guard let payments = state.withLock({ $0.payments }) else { return PaymentPage(payments: [], next: nil) }
        return try payments(query)
    }

    func events(_ query: EventQuery, in tenant: TenantID) async throws(PaymentError) -> EventPage {
        record(.events(query), nil, tenant)
        guard let events = state.withLock({ $0.events }) else {
            let next = query.after ?? EventPosition(epoch: 1, sequence: 0)
            return EventPage(events: [], next: next, hasMore: false)
        }
        return try events(query)
    }

    func waitForEvent(after sequence: Int64, in tenant: TenantID) async throws {
        record(.wait(sequence), nil, tenant)
        await withTaskCancellationHandler {
            await newEvent.next()
        } onCancel: {
            newEvent.send()
        }
        try Task.checkCancellation()
    }

    private func record(_ asked: Asked, _ caller: Caller?, _ tenant: TenantID) {
        let answer = state.withLock { state in
            let isAnswered = state.answer.map { $0(asked) != nil } ?? false
            state.entries.append(Entry(asked: asked, caller: isAnswered ? nil : caller, tenant: tenant))
            return state.answer
        }
        if let caller, caller.begin(), let (bytes, result) = answer?(asked) {
            var deliveries = Deliveries()
            deliveries.bytes = bytes
            deliveries.answers = [Delivery(caller, result)]
            Answers.deliver(deliveries)
        }
        self.asked.send()
    }
}

extension PaymentGets {
    /// The same calls as reads, each with its caller.
    fileprivate var reads: [(read: ReadCall, caller: Caller)] {
        gets.map { get in
            let key = String(decoding: keys[Int(get.keyStart)..<Int(get.keyEnd)], as: UTF8.self)
            let read: ReadCall =
                switch get.field {
                case .id: .payment(.id(PaymentID(key)))
                case .order: .payment(.order(key))
                case .stripe: .payment(.stripe(key))
                }
            return (read, Caller(desk: desk, slot: get.slot, generation: get.generation))
        }
    }
}
