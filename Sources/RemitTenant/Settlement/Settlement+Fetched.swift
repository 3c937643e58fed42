import RemitDomain
import RemitStorage

extension Settlement {
    /// A GET has come back: its word replaces the stage, and ends the operations that waited for it.
    func fetched(
        _ due: DueFetch, _ fetched: Fetched, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        // Something was learned meanwhile: the GET is old, and another one waits already.
        guard try tx.finish(due) else { return }
        switch fetched {
        case .unavailable:
            try tx.scheduleFetch(of: due.object, at: scene.now + Self.fetchRetryMilliseconds, reason: due.reason)
        case .missing:
            try missing(due.object, tx, &effects)
        case .found(.payment(let snapshot), let date):
            try found(snapshot, date, tx, &effects)
        case .found(.refund(let snapshot), let date):
            try found(snapshot, date, tx, &effects)
        case .found(.charge, _), .found(.customer, _):
            break
        }
    }

    /// A GET without an answer is repeated after this; long enough for a processor to recover.
    static var fetchRetryMilliseconds: Int64 { 10_000 }

    private func found(
        _ snapshot: PaymentSnapshot, _ date: Timestamp, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard let row = try scene.payment(of: snapshot, tx) else { return }
        let waiting = try tx.openOperations(of: row.id).filter { awaited[$0.id] != nil && $0.method != .refundPayment }
        let charge = waiting.first { $0.method.isCharge }
        var payment = row
        let result = payment.apply(
            PaymentFact(snapshot, source: .fetched(date: date)), now: scene.now, ending: charge?.id)
        let saved = try scene.save(payment, result, .fetch, tx)
        try scene.keepNextAction(of: payment, snapshot, tx)
        for var operation in waiting {
            let otherwise = awaited[operation.id] ?? nil
            if let otherwise, !Self.isWanted(payment, by: operation) {
                try refuse(otherwise, &operation, tx, &effects)
            } else {
                try finish(&operation, payment, saved, snapshot.nextActionURL, tx, &effects)
            }
        }
    }

    /// Whether the payment is what the verb wanted, whoever brought it there.
    private static func isWanted(_ payment: Payment, by operation: Operation) -> Bool {
        switch payment.stage {
        case .captured: true
        case .authorized, .processing: operation.method.isCharge
        case .new, .unknown, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .declined,
            .abandoned, .canceled, .expired:
            false
        }
    }

    private func found(
        _ snapshot: RefundSnapshot, _ date: Timestamp, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        if var refund = try scene.refund(of: snapshot, tx) {
            let result = refund.apply(RefundFact(snapshot, source: .fetched), now: scene.now)
            let saved = try scene.save(refund, result, .fetch, tx)
            for var operation in try tx.openOperations(of: refund.payment)
            where operation.entity == refund.id.text && awaited[operation.id] != nil {
                try finish(&operation, refund, saved, tx, &effects)
            }
            return
        }
        // Made elsewhere: it is taken in as it is now.
        guard let payment = try scene.payment(ofRefund: snapshot, tx),
            let refund = Refund(found: snapshot, id: scene.ids.next(at: scene.now), payment: payment.id, now: scene.now)
        else { return }
        let change = RefundChange(event: .refundCreated, from: refund.status, to: refund.status)
        _ = try scene.save(refund, change, .fetch, isNew: true, tx)
    }

    private func missing(
        _ object: ProcessorObject, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard case .paymentIntent(let id) = object, let payment = try tx.payment(stripe: id) else { return }
        let reason = "The processor doesn't have \(id)."
        try scene.note(payment, from: payment.stage, .fetch, reason: reason, tx)
        try scene.alarm(reason, .payment, payment.id.text, tx.encoder.encode(payment), .fetch, tx)
        for var operation in try tx.openOperations(of: payment.id) where awaited[operation.id] != nil {
            guard let otherwise = awaited[operation.id] ?? nil else { continue }
            try refuse(otherwise, &operation, tx, &effects)
        }
    }
}

extension Scene {
    /// The payment that a payment intent belongs to: by its id, else by what its metadata says.
    func payment(of snapshot: PaymentSnapshot, _ tx: borrowing Transaction) throws(StorageError) -> Payment? {
        if let payment = try tx.payment(stripe: snapshot.stripePaymentID) { return payment }
        return try payment(of: snapshot.origin, tx)
    }

    /// The payment that metadata names.
    func payment(of origin: ObjectOrigin, _ tx: borrowing Transaction) throws(StorageError) -> Payment? {
        guard origin.tenant == tenant.text, !origin.entity.isEmpty else { return nil }
        return try tx.payment(PaymentID(origin.entity))
    }

    /// The payment that a refund returns money of.
    func payment(ofRefund snapshot: RefundSnapshot, _ tx: borrowing Transaction) throws(StorageError) -> Payment? {
        if let id = snapshot.stripePaymentID { return try tx.payment(stripe: id) }
        guard let charge = snapshot.stripeChargeID else { return nil }
        return try tx.payment(charge: charge)
    }

    /// A refund's row: by metadata, then by the operation, then by its id.
    func refund(of snapshot: RefundSnapshot, _ tx: borrowing Transaction) throws(StorageError) -> Refund? {
        let origin = snapshot.origin
        if origin.tenant == tenant.text {
            if !origin.entity.isEmpty, let refund = try tx.refund(RefundID(origin.entity)) { return refund }
            if !origin.operation.isEmpty, let refund = try tx.refund(operation: OperationID(origin.operation)) {
                return refund
            }
        }
        return try tx.refund(stripe: snapshot.stripeRefundID)
    }
}
