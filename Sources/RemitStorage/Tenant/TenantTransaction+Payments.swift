package import RemitDomain

extension TenantTransaction {
    /// Writes a new payment's row without an event, and returns its message.
    ///
    /// A used id, order id, external id or Stripe id is a constraint error.
    @discardableResult
    package func insert(_ payment: Payment) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(payment)
        try insert(payment, bytes, first: nil)
        return bytes
    }

    /// Writes a new payment's row and its first event, whose `after` is made here: the payment's message.
    ///
    /// Returns that message and the event's sequence number. Constraint errors are those of ``insert(_:)``; the event is
    /// written then, and the transaction must be rolled back.
    package func insert(
        _ payment: Payment, _ event: EventDraft, _ step: HistoryStep
    ) throws(StorageError) -> (message: [UInt8], sequence: Int64) {
        var event = event
        event.after = encoder.encode(payment)
        let sequence = try write(event, previous: nil, step, ordinal: 1)
        try insert(payment, event.after, first: sequence)
        return (event.after, sequence)
    }

    private func insert(_ payment: Payment, _ bytes: [UInt8], first: Int64?) throws(StorageError) {
        try PaymentRow.insert(payment, blob: bytes, version: encoder.version, first: first, into: connection)
        try IDTime.record(id: payment.id.text, createdAt: payment.createdAt, in: connection)
    }

    /// Writes a changed payment's row, whole, and returns its message.
    ///
    /// Leaving requiresAction erases the next action.
    @discardableResult
    package func update(_ payment: Payment) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(payment)
        try PaymentRow.update(payment, blob: bytes, version: encoder.version, in: connection)
        return bytes
    }

    /// Stores the sealed URL that the customer must visit, of a payment whose stage is requiresAction.
    package func setSealedNextAction(_ sealed: [UInt8]?, of id: PaymentID) throws(StorageError) {
        guard let place = try RowPlace.place(of: id.text, in: .payment, of: connection) else { return }
        let statement = try connection.statement("UPDATE payment SET next_action = ? WHERE place = ?")
        statement.bind(sealed)
        statement.bind(place)
        try statement.run()
    }
}
