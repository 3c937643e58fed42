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
        let statement = try connection.statement("history", HistorySQL.page)
        let first = try firstSequence(of: payment.text)
        defer { statement.reset() }
        statement.bind(payment)
        statement.bind(ordinal)
        statement.bind(first)
        statement.bind(Int64(limit))
        var rows: [StoredHistoryRow] = []
        while try statement.step() {
            let ordinal = statement.int64()
            let row = HistoryRow(
                payment: payment, isNew: ordinal == 1, source: try statement.value(), update: statement.text(),
                applied: statement.bool(), reason: statement.text(), fromStage: try statement.value(),
                toStage: try statement.value(), actor: statement.text(), stripeEventID: statement.textOrNil(),
                operation: statement.idOrNil(), at: statement.timestamp())
            rows.append(StoredHistoryRow(ordinal: ordinal, row: row))
        }
        return rows
    }

    /// How many rows a payment's history has, `newest` being its newest event.
    func historyCount(of payment: PaymentID, newest: Int64?) throws(StorageError) -> Int64 {
        let statement = try connection.statement(
            """
            SELECT max(
                coalesce((SELECT max(ordinal) FROM payment_history WHERE payment_id = ?), 0),
                coalesce((SELECT ordinal FROM event WHERE sequence = ?), 0))
            """)
        defer { statement.reset() }
        statement.bind(payment)
        statement.bind(newest)
        _ = try statement.step()
        return statement.int64()
    }
}

private enum HistorySQL {
    /// A payment's events that are steps, and what was noted between them.
    static let page = """
        SELECT ordinal, source, update_name, applied, reason, from_stage, to_stage, actor, stripe_event_id,
            operation_id, at_ms
        FROM payment_history WHERE payment_id = ?1 AND ordinal > ?2
        UNION ALL \(step) WHERE sequence = ?3 AND from_stage IS NOT NULL AND ordinal > ?2
        UNION ALL \(step) WHERE entity_id = ?1 AND previous IS NOT NULL AND from_stage IS NOT NULL AND ordinal > ?2
        ORDER BY ordinal LIMIT ?4
        """

    private static let step = """
        SELECT ordinal, source, verb, 1, '', from_stage, to_stage, actor, stripe_event_id, operation_id, at_ms FROM event
        """
}

extension TenantTransaction {
    /// Appends a row to its payment's history that no event tells of.
    package func append(_ row: HistoryRow) throws(StorageError) {
        let newest = try newestSequence(of: row.payment.text)
        let count = try historyCount(of: row.payment, newest: newest)
        let statement = try connection.statement(
            """
            INSERT INTO payment_history (
                payment_id, ordinal, source, update_name, applied, reason, from_stage, to_stage, actor,
                stripe_event_id, operation_id, at_ms
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        statement.bind(row.payment)
        statement.bind(count + 1)
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

    /// Appends an event of a payment that has its row already, and with it a row of its history where there is a step.
    package func append(
        _ event: EventDraft, of payment: PaymentID, _ step: HistoryStep?
    ) throws(StorageError) -> Int64 {
        let newest = try newestSequence(of: payment.text)
        let count = try historyCount(of: payment, newest: newest)
        return try write(event, previous: newest ?? 0, step, ordinal: step == nil ? count : count + 1)
    }
}
