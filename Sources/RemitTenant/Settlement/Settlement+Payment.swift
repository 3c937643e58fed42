import RemitDomain
import RemitStorage

extension Settlement {
    /// An answer shows the payment intent of a charge or a capture.
    func applyPayment(
        _ snapshot: PaymentSnapshot, _ age: AnswerAge, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard let before = try tx.payment(PaymentID(operation.entity)) else { return }
        let news = self.news(of: operation)
        let fact = PaymentFact(snapshot, source: age.paymentSource)
        var payment = before
        let result = payment.apply(fact, now: scene.now, ending: operation.method.isCharge ? operation.id : nil)
        if case .refetch(let reason) = result {
            // The answer speaks of the past: a GET ends the operation, so its attempt stays open until then.
            payment = before
            _ = payment.apply(fact, now: scene.now)
            _ = try scene.save(payment, .refetch(reason: reason), news, tx)
            try tx.scheduleFetch(
                of: .paymentIntent(snapshot.stripePaymentID), at: payment.refetchDueAt, reason: reason)
            try tx.update(operation)
            effects.add(.awaits(operation.id, otherwise: nil))
            try unpark(snapshot.stripePaymentID, tx, &effects)
            return
        }
        if operation.method == .capturePayment, payment.stage != .captured { payment.endCapture() }
        let saved = try scene.save(payment, result, news, tx)
        try scene.keepNextAction(of: payment, snapshot, tx)
        try finish(&operation, payment, saved, snapshot.nextActionURL, tx, &effects)
    }

    /// A decline without a payment intent: a result, not an error.
    func decline(
        _ failure: PaymentFailure, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard operation.method.isCharge, var payment = try tx.payment(PaymentID(operation.entity)) else {
            let error = PaymentError.providerRefused(code: failure.code, param: nil, message: failure.message)
            return try refuse(error, &operation, tx, &effects)
        }
        let change = payment.becomeError(failure, now: scene.now)
        let saved = try saveOutcome(payment, change, of: operation, tx)
        try finish(&operation, payment, saved, nil, tx, &effects)
    }

    /// The operation succeeded: everybody who waits gets the payment as it is.
    func finish(
        _ operation: inout Operation, _ payment: Payment, _ saved: Saved?, _ nextActionURL: String?,
        _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        // What was saved may have moved on within the same change (refunds that count now): read the newest.
        let sequence = try tx.newestSequence(of: payment.id.text) ?? saved?.sequence
        guard operation.finishSucceeded(replySequence: sequence) else { return }
        try tx.update(operation)
        let message =
            try tx.payment(payment.id).map { tx.encoder.encode($0) } ?? saved?.message ?? tx.encoder.encode(payment)
        let url = payment.stage == .requiresAction ? nextActionURL : nil
        let result = DeliveryResult.entity(effects.place(message), nextActionURL: url, replayed: false)
        effects.add(.landed(operation.id, operation.payment, result))
        if let object = payment.stripePaymentID { try unpark(object, tx, &effects) }
    }

    /// Saves a change of a payment that isn't a fact's; nil where nothing changed for others.
    func saveOutcome(
        _ payment: Payment, _ change: PaymentChange?, of operation: Operation, _ tx: borrowing Transaction
    ) throws(StorageError) -> Saved? {
        let news = self.news(of: operation)
        if let change { return try scene.save(payment, change, news, tx) }
        return try scene.save(payment, .ignored(reason: "It changes nothing."), news, tx)
    }

    /// Webhooks that came before their payment intent was known here, or before an answer, can be judged now.
    func unpark(
        _ object: String, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        if try tx.unpark(object) > 0 { effects.add(.received) }
    }

    func news(of operation: Operation) -> News {
        operation.state == .started ? .answer(to: operation) : .reconciliation(of: operation)
    }
}

extension Scene {
    /// Seals where the customer must go, while the payment waits for it.
    func keepNextAction(
        of payment: Payment, _ snapshot: PaymentSnapshot, _ tx: borrowing Transaction
    ) throws(StorageError) {
        guard payment.stage == .requiresAction, let url = snapshot.nextActionURL else { return }
        try tx.setSealedNextAction(sealer.seal(url, of: payment.id), of: payment.id)
    }
}
