package import RemitDomain

extension TenantTransaction {
    /// Writes a new payment's row and returns its message, for its event and the reply.
    ///
    /// A used id, order id, external id or Stripe id is a constraint error.
    @discardableResult
    package func insert(_ payment: Payment) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(payment)
        try PaymentRow.insert(payment, blob: bytes, version: encoder.version, into: connection)
        try IDTime.record(id: payment.id.text, createdAt: payment.createdAt, in: connection)
        return bytes
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
        let statement = try connection.statement("UPDATE payment SET next_action = ? WHERE id = ?")
        statement.bind(sealed)
        statement.bind(id)
        try statement.run()
    }
}
