import RemitDomain
import RemitStorage

// The only places where entities, history and events are written: a change and its traces go together.

/// What a saved change left behind.
struct Saved {
    /// The entity's message.
    var message: [UInt8]
    /// The event's sequence number.
    var sequence: Int64
}

extension Scene {
    typealias Transaction = TenantTransaction

    /// Saves a payment after a change that is its own event.
    func save(
        _ payment: Payment, _ change: PaymentChange, _ news: News, isNew: Bool = false, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved {
        let step = HistoryStep(news.source, from: change.from, to: payment.stage)
        let message: [UInt8]
        let sequence: Int64
        if isNew {
            let event = draft(change.event, .payment, payment.id.text, [], news)
            (message, sequence) = try tx.insert(payment, event, step)
        } else {
            message = try tx.update(payment)
            if change.from == .requiresAction, change.to != .requiresAction {
                try tx.setSealedNextAction(nil, of: payment.id)
            }
            let event = draft(change.event, .payment, payment.id.text, message, news)
            sequence = try tx.append(event, of: payment.id, step)
        }
        if let alert = change.alert {
            try alarm(alert, .payment, payment.id.text, message, news, tx)
        }
        if change.to == .captured, change.from != .captured {
            // Refunds that were learned before the capture count now.
            var captured = payment
            try applyRefunds(to: &captured, news, tx)
        }
        return Saved(message: message, sequence: sequence)
    }

    /// Saves what a fact made of a payment: the row always, and a history row: its event when it applied.
    ///
    /// What can't be decided is due for a GET. Returns nil when nothing was applied.
    func save(
        _ payment: Payment, _ result: OnFact<PaymentChange>, _ news: News, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved? {
        switch result {
        case .applied(let change), .held(let change, _):
            let saved = try save(payment, change, news, tx)
            if payment.learnedAt == now { try postponeFetch(of: payment, tx) }
            return saved
        case .ignored(let reason):
            _ = try tx.update(payment)
            try note(payment, from: payment.stage, news, reason: reason, tx)
            try postponeFetch(of: payment, tx)
            return nil
        case .refetch(let reason):
            _ = try tx.update(payment)
            try note(payment, from: payment.stage, news, reason: reason, tx)
            if let object = payment.stripePaymentID {
                try tx.scheduleFetch(of: .paymentIntent(object), at: payment.refetchDueAt, reason: reason)
            }
            return nil
        }
    }

    /// Saves a refund's change, and what it does to its payment.
    func save(
        _ refund: Refund, _ change: RefundChange, _ news: News, isNew: Bool = false, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved {
        let message = isNew ? try tx.insert(refund) : try tx.update(refund)
        let sequence = try append(change.event, .refund, refund.id.text, message, news, tx)
        if let alert = change.alert { try alarm(alert, .refund, refund.id.text, message, news, tx) }
        guard var payment = try tx.payment(refund.payment) else { return Saved(message: message, sequence: sequence) }
        var told = news
        if news.source == .rpc || news.source == .reconcile { told.update = "refund \(change.to.name.lowercased())" }
        try note(payment, from: payment.stage, told, tx)
        try applyRefunds(to: &payment, news, tx)
        return Saved(message: message, sequence: sequence)
    }

    /// Gives a payment the sum of its succeeded refunds, where it has another.
    private func applyRefunds(
        to payment: inout Payment, _ news: News, _ tx: borrowing Transaction
    ) throws(StorageError) {
        let total = try tx.refundSums(of: payment.id).succeeded
        guard total != payment.amountRefunded else { return }
        let result = payment.apply(refundedTotal: total, now: now)
        _ = try save(payment, result, news, tx)
    }

    /// A GET that waits is sent only 5 s after the newest thing learned, even of what changed nothing.
    ///
    /// One that is under way is repeated then: what it shows may be older than what was learned.
    private func postponeFetch(of payment: Payment, _ tx: borrowing Transaction) throws(StorageError) {
        guard let id = payment.stripePaymentID, let waiting = try tx.fetch(of: .paymentIntent(id)) else { return }
        try tx.scheduleFetch(of: waiting.object, at: payment.refetchDueAt, reason: waiting.reason)
    }

    /// Saves what a fact made of a refund.
    ///
    /// Returns nil when nothing was applied.
    func save(
        _ refund: Refund, _ result: OnFact<RefundChange>, _ news: News, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved? {
        switch result {
        case .applied(let change):
            return try save(refund, change, news, tx)
        case .held(let change, let reason):
            let saved = try save(refund, change, news, tx)
            if var payment = try tx.payment(refund.payment) {
                let result = payment.hold(because: reason, now: now)
                _ = try save(payment, result, news, tx)
            }
            return saved
        case .ignored(let reason), .refetch(let reason):
            _ = try tx.update(refund)
            if let payment = try tx.payment(refund.payment) {
                try note(payment, from: payment.stage, news, reason: reason, tx)
            }
            if case .refetch = result, let object = refund.stripeRefundID {
                try tx.scheduleFetch(of: .refund(object), at: refund.refetchDueAt, reason: reason)
            }
            return nil
        }
    }

    /// Saves a customer's change.
    func save(
        _ customer: Customer, _ event: EventType, _ news: News, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved {
        let message = try tx.update(customer)
        let sequence = try append(event, .customer, customer.id.text, message, news, tx)
        return Saved(message: message, sequence: sequence)
    }

    /// Writes a history row that isn't an event of the payment; with a reason it tells why nothing was applied.
    func note(
        _ payment: Payment, from stage: PaymentStage, _ news: News, reason: String = "", _ tx: borrowing Transaction
    ) throws(StorageError) {
        try tx.append(
            HistoryRow(
                payment: payment.id, source: news.source, update: news.update,
                applied: reason.isEmpty, reason: reason, fromStage: stage, toStage: payment.stage,
                actor: news.actor, stripeEventID: news.stripeEventID, operation: news.operation, at: now))
    }

    /// Tells operators that something is wrong with an entity, as an event of it.
    func alarm(
        _ text: String, _ type: EntityType, _ entity: String, _ message: [UInt8], _ news: News,
        _ tx: borrowing Transaction
    ) throws(StorageError) {
        var news = news
        news.update = text
        let event = draft(.alertRaised, type, entity, message, news)
        if type == .payment {
            _ = try tx.append(event, of: PaymentID(entity), nil)
        } else {
            try tx.append(event)
        }
    }

    private func append(
        _ event: EventType, _ type: EntityType, _ entity: String, _ message: [UInt8], _ news: News,
        _ tx: borrowing Transaction
    ) throws(StorageError) -> Int64 {
        try tx.append(draft(event, type, entity, message, news))
    }

    private func draft(
        _ event: EventType, _ type: EntityType, _ entity: String, _ message: [UInt8], _ news: News
    ) -> EventDraft {
        EventDraft(
            id: ids.next(at: now), type: event, entityType: type, entity: entity, verb: news.update, after: message,
            actor: news.actor, operation: news.operation, stripeEventID: news.stripeEventID, at: now)
    }
}
