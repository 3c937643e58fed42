package import RemitDomain

extension TenantRows where Self: ~Copyable {
    package func payment(_ id: PaymentID) throws(StorageError) -> Payment? {
        try RowPlace.find(id.text, in: .payment, of: connection) { place throws(StorageError) in
            let statement = try connection.statement(
                "payment by id", "SELECT \(PaymentRow.columns) FROM payment WHERE place = ? AND id = ?")
            defer { statement.reset() }
            statement.bind(place)
            statement.bind(id)
            return try statement.step() ? try PaymentRow.read(statement) : nil
        }
    }

    /// The payment of a caller's order, deleted ones included.
    package func payment(order: String) throws(StorageError) -> Payment? {
        try payment(connection.statement("payment by order", Self.selectPayment("order_id")), order)
    }

    package func payment(external id: String) throws(StorageError) -> Payment? {
        try payment(connection.statement("payment by external id", Self.selectPayment("external_id")), id)
    }

    /// Whether a payment has this order id, deleted ones included: asked of the index alone.
    package func hasPayment(order: String) throws(StorageError) -> Bool {
        try isFound(connection.statement("SELECT 1 FROM payment WHERE order_id = ?"), order)
    }

    package func hasPayment(external id: String) throws(StorageError) -> Bool {
        try isFound(connection.statement("SELECT 1 FROM payment WHERE external_id = ?"), id)
    }

    private func isFound(_ statement: Statement, _ key: String) throws(StorageError) -> Bool {
        defer { statement.reset() }
        statement.bind(key)
        return try statement.step()
    }

    /// The payment of a payment intent (`pi_…`).
    package func payment(stripe id: String) throws(StorageError) -> Payment? {
        try payment(connection.statement("payment by Stripe id", Self.selectPayment("stripe_payment_id")), id)
    }

    /// The payment whose newest charge (`ch_…`) this is.
    package func payment(charge id: String) throws(StorageError) -> Payment? {
        try payment(connection.statement("payment by charge", Self.selectPayment("stripe_charge_id")), id)
    }

    private static func selectPayment(_ column: String) -> String {
        "SELECT \(PaymentRow.columns) FROM payment WHERE \(column) = ?"
    }

    private func payment(_ statement: Statement, _ key: String) throws(StorageError) -> Payment? {
        defer { statement.reset() }
        statement.bind(key)
        return try statement.step() ? try PaymentRow.read(statement) : nil
    }

    // MARK: Stored messages

    /// Lends the payment's message as stored; nil where there is none, and deleted ones are lent too.
    package func withPaymentBytes<R>(
        _ id: PaymentID, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        try RowPlace.find(id.text, in: .payment, of: connection) { place throws(StorageError) in
            let statement = try connection.statement(
                "SELECT id, blob_version, blob FROM payment WHERE place = ? AND id = ?")
            defer { statement.reset() }
            statement.bind(place)
            statement.bind(id)
            return try lend(statement, body)
        }
    }

    package func withPaymentBytes<R>(
        order: String, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        try withPaymentBytes(
            connection.statement("SELECT id, blob_version, blob FROM payment WHERE order_id = ?"), order, body)
    }

    package func withPaymentBytes<R>(
        stripe id: String, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        try withPaymentBytes(
            connection.statement("SELECT id, blob_version, blob FROM payment WHERE stripe_payment_id = ?"), id, body)
    }

    private func withPaymentBytes<R>(
        _ statement: Statement, _ key: String, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        defer { statement.reset() }
        statement.bind(key)
        return try lend(statement, body)
    }

    private func lend<R>(
        _ statement: Statement, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        guard try statement.step() else { return nil }
        let id = statement.text()
        guard statement.int64() != encoder.version else { return try statement.withBytes(body) }
        guard let payment = try payment(PaymentID(id)) else { return nil }
        return try body(encoder.encode(payment).span)
    }

    /// The sealed URL that the customer must visit; nil unless the stage is requiresAction.
    package func sealedNextAction(of id: PaymentID) throws(StorageError) -> [UInt8]? {
        guard let place = try RowPlace.place(of: id.text, in: .payment, of: connection) else { return nil }
        let statement = try connection.statement("SELECT next_action FROM payment WHERE place = ?")
        defer { statement.reset() }
        statement.bind(place)
        return try statement.step() ? statement.bytesOrNil() : nil
    }
}
