package import RemitDomain

/// A transaction that may append to the event log.
package protocol EventWriter: StoredRows, ~Copyable {}

extension EventWriter where Self: ~Copyable {
    /// Appends an event and returns its sequence number: the one after the last committed, without holes.
    @discardableResult
    package func append(_ event: EventDraft) throws(StorageError) -> Int64 {
        let statement = try connection.statement(
            """
            INSERT INTO event (
                id, type, entity_type, entity_id, verb, actor, operation_id, stripe_event_id, at_ms, after
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        statement.bind(event.id)
        statement.bind(event.type.rawValue)
        statement.bind(event.entityType.rawValue)
        statement.bind(event.entity)
        statement.bind(event.verb)
        statement.bind(event.actor)
        statement.bind(event.operation)
        statement.bind(event.stripeEventID)
        statement.bind(event.at)
        statement.bind(event.after)
        try statement.run()
        return connection.lastRowID
    }
}
