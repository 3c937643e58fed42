package import RemitDomain

/// A history row as stored: its ordinal is 1 … n within the payment, without holes.
package struct StoredHistoryRow: Hashable, Sendable {
    package var ordinal: Int64
    package var row: HistoryRow
}

extension TenantRows where Self: ~Copyable {
    /// At most `limit` rows of a payment after `ordinal`, oldest first; one more than wanted tells whether more follow.
    package func history(
        of payment: PaymentID, after ordinal: Int64, limit: Int
    ) throws(StorageError) -> [StoredHistoryRow] {
        let statement = try connection.statement(
            """
            SELECT ordinal, is_new, source, update_name, applied, reason, from_stage, to_stage, actor, stripe_event_id,
                operation_id, at_ms
            FROM payment_history WHERE payment_id = ? AND ordinal > ? ORDER BY ordinal LIMIT ?
            """)
        defer { statement.reset() }
        statement.bind(payment)
        statement.bind(ordinal)
        statement.bind(Int64(limit))
        var rows: [StoredHistoryRow] = []
        while try statement.step() {
            let ordinal = statement.int64()
            let row = HistoryRow(
                payment: payment, isNew: statement.bool(), source: try statement.value(), update: statement.text(),
                applied: statement.bool(), reason: statement.text(), fromStage: try statement.value(),
                toStage: try statement.value(), actor: statement.text(), stripeEventID: statement.textOrNil(),
                operation: statement.idOrNil(), at: statement.timestamp())
            rows.append(StoredHistoryRow(ordinal: ordinal, row: row))
        }
        return rows
    }
}

extension TenantTransaction {
    /// Appends a row to its payment's history.
    package func append(_ row: HistoryRow) throws(StorageError) {
        let statement = try connection.statement(
            """
            INSERT INTO payment_history (
                payment_id, ordinal, is_new, source, update_name, applied, reason, from_stage, to_stage, actor,
                stripe_event_id, operation_id, at_ms
            ) VALUES (?1, 1 + coalesce((SELECT max(ordinal) FROM payment_history WHERE payment_id = ?1), 0),
                ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """)
        statement.bind(row.payment)
        statement.bind(row.isNew)
        statement.bind(row.source)
        statement.bind(row.update)
        statement.bind(row.applied)
        statement.bind(row.reason)
        statement.bind(row.fromStage)
        statement.bind(row.toStage)
        statement.bind(row.actor)
        statement.bind(row.stripeEventID)
        statement.bind(row.operation)
        statement.bind(row.at)
        try statement.run()
    }
}
