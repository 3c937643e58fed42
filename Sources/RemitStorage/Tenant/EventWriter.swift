package import RemitDomain

/// A transaction that may append to the event log.
package protocol EventWriter: StoredRows, ~Copyable {}

extension EventWriter where Self: ~Copyable {
    /// Appends an event and returns its sequence number: the one after the last committed, without holes.
    @discardableResult
    package func append(_ event: EventDraft) throws(StorageError) -> Int64 {
        try write(event, previous: newestSequence(of: event.entity) ?? 0, nil, ordinal: nil)
    }

    /// Writes an event's row.
    ///
    /// `previous` is as the column's; a payment's event has the number of its history's rows up to it.
    func write(
        _ event: EventDraft, previous: Int64?, _ step: HistoryStep?, ordinal: Int64?
    ) throws(StorageError) -> Int64 {
        let statement = try connection.statement(
            """
            INSERT INTO event (
                id, type, entity_type, entity_id, previous, verb, actor, operation_id, stripe_event_id, at_ms, ordinal,
                source, from_stage, to_stage, after
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        statement.bind(event.id)
        statement.bind(event.type.rawValue)
        statement.bind(event.entityType.rawValue)
        statement.bind(event.entity)
        statement.bind(previous)
        statement.bind(event.verb)
        statement.bind(event.actor)
        statement.bind(event.operation)
        statement.bind(event.stripeEventID)
        statement.bind(event.at)
        statement.bind(ordinal)
        statement.bind(step?.source.rawValue)
        statement.bind(step?.from.rawValue)
        statement.bind(step?.to.rawValue)
        statement.bind(event.after)
        try statement.run()
        let sequence = connection.lastRowID
        known?.appended(sequence)
        return sequence
    }
}

/// What makes a payment's event a row of its history: all else of that row stands in the event.
package struct HistoryStep: Hashable, Sendable {
    package var source: HistorySource
    package var from: PaymentStage
    package var to: PaymentStage

    package init(_ source: HistorySource, from: PaymentStage, to: PaymentStage) {
        self.source = source
        self.from = from
        self.to = to
    }
}
