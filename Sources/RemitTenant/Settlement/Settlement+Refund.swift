import RemitDomain
import RemitStorage

extension Settlement {
    /// An answer shows the refund.
    func applyRefund(
        _ snapshot: RefundSnapshot, _ age: AnswerAge, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard var refund = try tx.refund(RefundID(operation.entity)) else { return }
        let result = refund.apply(RefundFact(snapshot, source: age.refundSource), now: scene.now)
        let saved = try scene.save(refund, result, news(of: operation), tx)
        if case .refetch(let reason) = result {
            try tx.scheduleFetch(of: .refund(snapshot.stripeRefundID), at: refund.refetchDueAt, reason: reason)
            try tx.update(operation)
            effects.add(.awaits(operation.id, otherwise: nil))
            return
        }
        try finish(&operation, refund, saved, tx, &effects)
    }

    /// The operation succeeded: everybody who waits gets the refund as it is.
    func finish(
        _ operation: inout Operation, _ refund: Refund, _ saved: Saved?, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        let newest = try tx.newestSequence(of: refund.id.text)
        guard operation.finishSucceeded(replySequence: saved?.sequence ?? newest) else { return }
        try tx.update(operation)
        let range = effects.place(saved?.message ?? tx.encoder.encode(refund))
        let result = DeliveryResult.entity(range, nextActionURL: nil, replayed: false)
        effects.add(.landed(operation.id, operation.payment, result))
        if let object = refund.stripeRefundID, try tx.unpark(object) > 0 { effects.add(.received) }
    }

    /// An answer shows the customer: only now is it visible, and only now is there an event.
    func applyCustomer(
        _ snapshot: CustomerSnapshot, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard var customer = try tx.customer(CustomerID(operation.entity)) else { return }
        var message = tx.encoder.encode(customer)
        var sequence = try tx.newestSequence(of: customer.id.text)
        if customer.stripeCustomerID == nil {
            customer.stripeCustomerID = snapshot.stripeCustomerID
            customer.livemode = snapshot.livemode
            let saved = try scene.save(customer, .customerCreated, news(of: operation), tx)
            (message, sequence) = (saved.message, saved.sequence)
        }
        guard operation.finishSucceeded(replySequence: sequence) else { return }
        try tx.update(operation)
        let result = DeliveryResult.entity(effects.place(message), nextActionURL: nil, replayed: false)
        effects.add(.landed(operation.id, nil, result))
        if try tx.unpark(snapshot.stripeCustomerID) > 0 { effects.add(.received) }
    }
}
