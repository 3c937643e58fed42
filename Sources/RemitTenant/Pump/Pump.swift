import RemitDomain
import RemitStorage

/// Applies stored webhooks: each together with its inbox row, in one transaction, without any lock.
struct Pump {
    let scene: Scene
    /// Operations whose answer has come, and which wait for a GET or a look-up.
    let awaited: [OperationID: PaymentError?]

    typealias Transaction = TenantTransaction

    /// An orphan is given up after this: Stripe's own deliveries and our GETs have had their chance.
    static var orphanAgeMaxMilliseconds: Int64 { 24 * 3_600_000 }
    /// An orphan is looked at again after this, then after twice as long, and so on, an hour at most; most parents
    /// arrive with the answer that is under way, and call their orphans then.
    static var orphanRetryMilliseconds: Int64 { 60_000 }
    /// An event about a payment whose call is under way waits so long for the answer: as long as a GET would wait.
    static var answerWaitMaxMilliseconds: Int64 { Payment.refetchDelayMilliseconds }

    /// What became of an event.
    private enum Verdict {
        case done
        case ignored(String)
        /// Its parent isn't here yet.
        case orphan(String)
        /// It overtook the answer of a call about the same payment, which says more: it is judged after that.
        case early(PaymentID)
    }

    /// Why an early event is parked; who ends that call without an answer to judge by finds it by this.
    static func reasonToWait(for payment: PaymentID) -> String {
        "A call about \(payment.text) is under way."
    }

    /// Stores a webhook, once, to be applied; what can't be ours is accepted and not stored.
    func store(
        _ webhook: ReceivedWebhook, for caller: Caller, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        let event = webhook.event
        let owner = event.fact?.origin.tenant ?? ""
        if owner.isEmpty || owner == scene.tenant.text {
            let entry = InboxEntry(
                eventID: event.id, type: event.type, object: event.fact?.objectID ?? event.id,
                bodyDigest: BodyDigest.sha256(webhook.body), body: webhook.redacted, receivedAt: scene.now)
            if try tx.insert(entry) { effects.stored.append(entry) }
        }
        effects.add(.answer(caller, .accepted))
    }

    /// Applies one stored event.
    func apply(
        _ entry: InboxEntry, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard var entry = try tx.inboxEntry(entry.eventID), entry.state == .pending || entry.state == .parked,
            let processor = scene.processor
        else { return }
        let event: ProcessorEvent
        do throws(MalformedEvent) {
            event = try processor.event(fromStored: entry.body)
        } catch {
            entry.state = .dead
            entry.reason = error.message
            return try tx.update(entry)
        }
        entry.attempts += 1
        try hurryOperation(of: event, tx)
        switch try apply(event, receivedAt: entry.receivedAt, tx, effects) {
        case .done:
            entry.state = .done
            entry.reason = ""
        case .ignored(let reason):
            entry.state = .ignored
            entry.reason = reason
        case .orphan(let reason):
            let isOld = scene.now - entry.receivedAt >= Self.orphanAgeMaxMilliseconds
            entry.state = isOld ? .dead : .parked
            entry.dueAt =
                isOld ? nil : scene.now + min(Self.orphanRetryMilliseconds << min(entry.attempts - 1, 6), 3_600_000)
            entry.reason = reason
        case .early(let payment):
            entry.state = .parked
            entry.dueAt = entry.receivedAt + Self.answerWaitMaxMilliseconds
            entry.reason = Self.reasonToWait(for: payment)
        }
        try tx.update(entry)
    }

    // MARK: - Events

    private func apply(
        _ event: ProcessorEvent, receivedAt: Timestamp, _ tx: borrowing Transaction, _ effects: Effects
    ) throws(StorageError) -> Verdict {
        switch event.fact {
        case .payment(let snapshot):
            guard let payment = try scene.payment(of: snapshot, tx) else {
                return snapshot.origin.tenant.isEmpty
                    ? .ignored("The payment intent wasn't made by Remit.") : .orphan("Its payment isn't here.")
            }
            if try isEarly(payment, receivedAt, tx, effects) { return .early(payment.id) }
            return try apply(snapshot, to: payment, event, tx)
        case .charge(let snapshot):
            guard let intent = snapshot.stripePaymentID else { return .ignored("The charge has no payment intent.") }
            var found = try tx.payment(stripe: intent)
            if found == nil { found = try scene.payment(of: snapshot.origin, tx) }
            guard let payment = found else {
                return snapshot.origin.tenant.isEmpty
                    ? .ignored("The charge wasn't made by Remit.") : .orphan("Its payment isn't here.")
            }
            if try isEarly(payment, receivedAt, tx, effects) { return .early(payment.id) }
            return try apply(snapshot, of: intent, to: payment, event, tx)
        case .refund(let snapshot): return try apply(snapshot, event, tx)
        case .customer(let snapshot): return try apply(snapshot, event, tx)
        case nil: return .ignored("Remit doesn't read this type.")
        }
    }

    /// Whether a call that moves the payment was sent and waits for its answer, and the event came only just now.
    ///
    /// To wait is to be delivered later, which webhooks may be at any time; to judge at once would cost a GET, for
    /// which the caller of that call would wait too. Once the answer has come and asks for a GET itself, what waited
    /// would only put that GET off.
    private func isEarly(
        _ payment: Payment, _ receivedAt: Timestamp, _ tx: borrowing Transaction, _ effects: Effects
    ) throws(StorageError) -> Bool {
        guard scene.now < receivedAt + Self.answerWaitMaxMilliseconds else { return false }
        return try tx.openOperations(of: payment.id).contains {
            $0.state == .started && ($0.method.isCharge || $0.method == .capturePayment)
                && awaited[$0.id] == nil && !effects.awaits($0.id)
        }
    }

    private func apply(
        _ snapshot: PaymentSnapshot, to row: Payment, _ event: ProcessorEvent, _ tx: borrowing Transaction
    ) throws(StorageError) -> Verdict {
        var payment = row
        let fact = PaymentFact(snapshot, source: .event(type: event.type, created: event.created))
        let result = payment.apply(fact, now: scene.now)
        _ = try scene.save(payment, result, .webhook(event), tx)
        try scene.keepNextAction(of: payment, snapshot, tx)
        if case .refetch(let reason) = result, payment.stripePaymentID == nil {
            try tx.scheduleFetch(
                of: .paymentIntent(snapshot.stripePaymentID), at: payment.refetchDueAt, reason: reason)
        }
        return .done
    }

    private func apply(
        _ snapshot: ChargeSnapshot, of intent: String, to row: Payment, _ event: ProcessorEvent,
        _ tx: borrowing Transaction
    ) throws(StorageError) -> Verdict {
        var payment = row
        let result = payment.apply(snapshot, type: event.type, created: event.created, now: scene.now)
        _ = try scene.save(payment, result, .webhook(event), tx)
        if case .refetch(let reason) = result, payment.stripePaymentID == nil {
            try tx.scheduleFetch(of: .paymentIntent(intent), at: payment.refetchDueAt, reason: reason)
        }
        return .done
    }

    private func apply(
        _ snapshot: RefundSnapshot, _ event: ProcessorEvent, _ tx: borrowing Transaction
    ) throws(StorageError) -> Verdict {
        if var refund = try scene.refund(of: snapshot, tx) {
            let result = refund.apply(RefundFact(snapshot, source: .event(type: event.type)), now: scene.now)
            _ = try scene.save(refund, result, .webhook(event), tx)
            return .done
        }
        guard let payment = try scene.payment(ofRefund: snapshot, tx) else {
            // Refunds carry no metadata of their payment: what isn't ours never gets a parent, and ends as dead.
            return .orphan("Its payment isn't here.")
        }
        if snapshot.rawReason == "expired_uncaptured_charge" {
            let reason = "It books a released authorization; no money went back."
            try scene.note(payment, from: payment.stage, .webhook(event), reason: reason, tx)
            return .done
        }
        try scene.note(
            payment, from: payment.stage, .webhook(event), reason: "A refund made elsewhere: it is read first.", tx)
        try tx.scheduleFetch(
            of: .refund(snapshot.stripeRefundID), at: scene.now + Payment.refetchDelayMilliseconds,
            reason: "made elsewhere")
        return .done
    }

    private func apply(
        _ snapshot: CustomerSnapshot, _ event: ProcessorEvent, _ tx: borrowing Transaction
    ) throws(StorageError) -> Verdict {
        guard var customer = try tx.customer(stripe: snapshot.stripeCustomerID) else {
            let isOurs = snapshot.origin.tenant == scene.tenant.text
            return isOurs ? .orphan("Its customer isn't here yet.") : .ignored("The customer wasn't made by Remit.")
        }
        guard snapshot.deleted, customer.deletedAt == nil else { return .ignored("It changes nothing here.") }
        customer.deletedAt = scene.now
        customer.version += 1
        customer.updatedAt = scene.now
        _ = try scene.save(customer, .customerDeleted, .webhook(event), tx)
        return .done
    }

    /// An event that carries our attempt key proves that the call ran, not how it ended: it hurries the completer.
    private func hurryOperation(of event: ProcessorEvent, _ tx: borrowing Transaction) throws(StorageError) {
        guard let key = event.attemptKey else { return }
        let parts = key.split(separator: ":")
        guard parts.count == 5, parts[0] == "remit", parts[1] == scene.tenant.text,
            var operation = try tx.operation(OperationID(String(parts[2]))), operation.state == .unknown
        else { return }
        operation.hurry(now: scene.now)
        try tx.update(operation)
    }
}

extension ProcessorFact {
    /// The object that the fact is about; events of one object share a queue.
    var objectID: String {
        switch self {
        case .payment(let snapshot): snapshot.stripePaymentID
        case .charge(let snapshot): snapshot.stripePaymentID ?? snapshot.stripeChargeID
        case .refund(let snapshot): snapshot.stripePaymentID ?? snapshot.stripeRefundID
        case .customer(let snapshot): snapshot.stripeCustomerID
        }
    }

    /// What its metadata says of its maker.
    var origin: ObjectOrigin {
        switch self {
        case .payment(let snapshot): snapshot.origin
        case .charge(let snapshot): snapshot.origin
        case .refund(let snapshot): snapshot.origin
        case .customer(let snapshot): snapshot.origin
        }
    }
}
