import RemitDomain
import RemitStorage

// How an operation ends without its effect, or doesn't end yet.

extension Settlement {
    /// Refused for good: no money moved.
    func refuse(
        _ error: PaymentError, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        let failure = PaymentFailure(code: error.reason, message: error.message)
        try undo(operation, failure: failure, tx)
        guard operation.finishRefused(error) else { return }
        try end(operation, error, tx, &effects)
    }

    /// Nothing was executed: the row stands as before, and any key may run the verb.
    func endWithoutEffect(
        _ error: PaymentError, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        try undo(operation, failure: nil, tx)
        guard operation.finishWithoutEffect(error) else { return }
        try end(operation, error, tx, &effects)
    }

    /// Money may have moved: callers are told so, the lock passes on, the completer takes over.
    func becomeUnknown(
        _ error: PaymentError, alarm: String?, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        let news = News.reconciliation(of: operation)
        switch operation.method {
        case .executePayment, .processPayment:
            if var payment = try tx.payment(PaymentID(operation.entity)) {
                if let change = payment.becomeUnknown(now: scene.now) {
                    _ = try scene.save(payment, change, news, tx)
                } else {
                    try scene.note(payment, from: payment.stage, news, reason: "No answer in time.", tx)
                }
                if let alarm { try scene.alarm(alarm, .payment, payment.id.text, tx.encoder.encode(payment), news, tx) }
            }
        case .capturePayment:
            if let payment = try tx.payment(PaymentID(operation.entity)) {
                try scene.note(payment, from: payment.stage, news, reason: "No answer in time.", tx)
                if let alarm { try scene.alarm(alarm, .payment, payment.id.text, tx.encoder.encode(payment), news, tx) }
            }
        case .refundPayment:
            if var refund = try tx.refund(RefundID(operation.entity)) {
                if let change = refund.becomeUnknown(now: scene.now) { _ = try scene.save(refund, change, news, tx) }
                if let alarm { try scene.alarm(alarm, .refund, refund.id.text, tx.encoder.encode(refund), news, tx) }
            }
        case .createCustomer, .createPayment, .createTenant:
            break
        }
        try tx.update(operation)
        effects.add(.landed(operation.id, operation.payment, .refused(error)))
        try unparkEarly(operation, tx, &effects)
    }

    /// A refusal about an object that exists: read it, for it may be what the verb wanted already.
    func readObject(
        otherwise: PaymentError, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard let call = operation.prepared else { return try refuse(otherwise, &operation, tx, &effects) }
        switch operation.method {
        case .executePayment, .processPayment, .capturePayment:
            guard let payment = try tx.payment(PaymentID(operation.entity)), let object = payment.stripePaymentID else {
                return try refuse(otherwise, &operation, tx, &effects)
            }
            try tx.scheduleFetch(of: .paymentIntent(object), at: payment.refetchDueAt, reason: otherwise.reason)
            try unpark(object, tx, &effects)
        case .refundPayment:
            effects.add(.lookUp(operation.id, call))
        case .createCustomer, .createPayment, .createTenant:
            return try refuse(otherwise, &operation, tx, &effects)
        }
        try tx.update(operation)
        effects.add(.awaits(operation.id, otherwise: otherwise))
    }

    /// Puts the row back to where it stood before phase 1.
    private func undo(
        _ operation: Operation, failure: PaymentFailure?, _ tx: borrowing Transaction
    ) throws(StorageError) {
        switch operation.method {
        case .executePayment, .processPayment:
            guard var payment = try tx.payment(PaymentID(operation.entity)) else { return }
            let change: PaymentChange?
            if let failure {
                change = payment.becomeError(failure, now: scene.now)
            } else {
                change = payment.attemptHadNoEffect(now: scene.now)
            }
            _ = try saveOutcome(payment, change, of: operation, tx)
        case .capturePayment:
            guard var payment = try tx.payment(PaymentID(operation.entity)) else { return }
            payment.endCapture()
            _ = try scene.save(payment, .ignored(reason: failure?.code ?? "Not executed."), news(of: operation), tx)
        case .refundPayment:
            guard var refund = try tx.refund(RefundID(operation.entity)) else { return }
            guard let change = refund.becomeFailed(reason: failure?.code ?? "not_executed", now: scene.now) else {
                return
            }
            _ = try scene.save(refund, change, news(of: operation), tx)
        case .createCustomer:
            // A customer that the processor refused leaves no row.
            try tx.remove(CustomerID(operation.entity))
        case .createPayment, .createTenant:
            break
        }
    }

    private func end(
        _ operation: Operation, _ error: PaymentError, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        try tx.update(operation)
        if operation.key == nil {
            // Who joined under a key of its own has nothing to replay either.
            for var joiner in try tx.operations(ledBy: operation.id) {
                joiner.key = nil
                try tx.update(joiner)
            }
        }
        effects.add(.landed(operation.id, operation.payment, .refused(error)))
        try unparkEarly(operation, tx, &effects)
    }

    /// Webhooks that waited for the operation's answer can be judged now: none comes that says more.
    ///
    /// Their payment intent may be one that the row doesn't know, so they are found by what they wait for.
    private func unparkEarly(
        _ operation: Operation, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard operation.method.isCharge || operation.method == .capturePayment else { return }
        let count = try tx.unpark(
            waitingFor: Pump.reasonToWait(for: PaymentID(operation.entity)),
            receivedSince: scene.now + -Pump.answerWaitMaxMilliseconds)
        if count > 0 { effects.add(.received) }
    }
}
