package import RemitDomain

extension TenantRows where Self: ~Copyable {
    package func refund(_ id: RefundID) throws(StorageError) -> Refund? {
        try refund(
            connection.statement("refund by id", "SELECT \(RefundRow.columns) FROM refund WHERE id = ?"), id.text)
    }

    /// The refund of a Stripe refund (`re_…`).
    package func refund(stripe id: String) throws(StorageError) -> Refund? {
        try refund(
            connection.statement(
                "refund by Stripe id", "SELECT \(RefundRow.columns) FROM refund WHERE stripe_refund_id = ?"), id)
    }

    /// The refund that an operation made.
    package func refund(operation: OperationID) throws(StorageError) -> Refund? {
        guard let operation = try self.operation(operation) else { return nil }
        return try refund(RefundID(operation.entity))
    }

    private func refund(_ statement: Statement, _ key: String) throws(StorageError) -> Refund? {
        defer { statement.reset() }
        statement.bind(key)
        return try statement.step() ? try RefundRow.read(statement) : nil
    }

    /// A payment's refunds, oldest first.
    package func refunds(of payment: PaymentID) throws(StorageError) -> [Refund] {
        let statement = try connection.statement(
            "refunds by payment", "SELECT \(RefundRow.columns) FROM refund WHERE payment_id = ? ORDER BY id")
        defer { statement.reset() }
        statement.bind(payment)
        var refunds: [Refund] = []
        while try statement.step() { refunds.append(try RefundRow.read(statement)) }
        return refunds
    }

    /// Minor units of a payment's refunds, by what has become of them.
    package func refundSums(of payment: PaymentID) throws(StorageError) -> RefundSums {
        let statement = try connection.statement(
            "refund sums",
            """
            SELECT coalesce(sum(amount) FILTER (WHERE status NOT IN (\(Self.released))), 0),
                coalesce(sum(amount) FILTER (WHERE status = \(RefundStatus.succeeded.rawValue)), 0)
            FROM refund WHERE payment_id = ?
            """)
        defer { statement.reset() }
        statement.bind(payment)
        _ = try statement.step()
        return RefundSums(held: statement.int64(), succeeded: statement.int64())
    }

    /// The statuses whose amounts are free again.
    private static var released: String { "\(RefundStatus.failed.rawValue), \(RefundStatus.canceled.rawValue)" }

    /// Lends the refund's message as stored.
    package func withRefundBytes<R>(
        _ id: RefundID, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        let statement = try connection.statement("SELECT blob_version, blob FROM refund WHERE id = ?")
        defer { statement.reset() }
        statement.bind(id)
        guard try statement.step() else { return nil }
        guard statement.int64() != encoder.version else { return try statement.withBytes(body) }
        guard let refund = try refund(id) else { return nil }
        return try body(encoder.encode(refund).span)
    }
}

/// What a payment's refunds come to, in minor units.
package struct RefundSums: Hashable, Sendable {
    /// All but the failed and canceled ones: what can't be refunded again.
    package var held: Int64
    package var succeeded: Int64
}

extension TenantTransaction {
    /// Writes a new refund's row and returns its message.
    ///
    /// A used id or Stripe id is a constraint error.
    @discardableResult
    package func insert(_ refund: Refund) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(refund)
        let statement = try connection.statement(
            "insert refund",
            """
            INSERT INTO refund (\(RefundRow.columns), blob_version, blob)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        RefundRow.bind(refund, blob: bytes, version: encoder.version, to: statement)
        try statement.run()
        return bytes
    }

    /// Writes a changed refund's row, whole, and returns its message.
    @discardableResult
    package func update(_ refund: Refund) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(refund)
        let statement = try connection.statement(
            "update refund",
            """
            UPDATE refund SET (\(RefundRow.columns), blob_version, blob)
                = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            WHERE id = ?1
            """)
        RefundRow.bind(refund, blob: bytes, version: encoder.version, to: statement)
        try statement.run()
        guard connection.changes == 1 else {
            throw StorageError(.missing, message: "The refund to update isn't there: \(refund.id.text).")
        }
        return bytes
    }
}
