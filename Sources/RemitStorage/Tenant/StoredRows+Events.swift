package import RemitDomain

extension StoredRows where Self: ~Copyable {
    /// The newest committed sequence number, and in a transaction those it has appended; 0 where there is none.
    package func lastSequence() throws(StorageError) -> Int64 {
        let statement = try connection.statement("SELECT max(sequence) FROM event")
        defer { statement.reset() }
        _ = try statement.step()
        return statement.int64()
    }

    /// Lends an event's `after`: the stored reply of the operation that names it.
    package func withEventBytes<R>(
        _ sequence: Int64, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        let statement = try connection.statement("SELECT after FROM event WHERE sequence = ?")
        defer { statement.reset() }
        statement.bind(sequence)
        return try statement.step() ? try statement.withBytes(body) : nil
    }

    /// The newest event of an entity; nil where it has none.
    package func newestSequence(of entity: String) throws(StorageError) -> Int64? {
        let statement = try connection.statement(
            "SELECT max(sequence) FROM event WHERE entity_id = ? AND previous IS NOT NULL")
        defer { statement.reset() }
        statement.bind(entity)
        _ = try statement.step()
        if let newest = statement.int64OrNil() { return newest }
        return try firstSequence(of: entity)
    }

    /// One page of events, oldest first; the cursor moves past what the filter left out, too.
    ///
    /// The caller has judged the cursor's epoch.
    package func events(
        _ query: EventQuery, epoch: Int64, lookedAtMax: Int = EventQuery.eventsLookedAtMax
    ) throws(StorageError) -> EventPage {
        let after = query.after?.sequence ?? 0
        let last = try lastSequence()
        let statement = try selection(of: query.entity, after: after)
        defer { statement.reset() }
        var events: [Event] = []
        var seen = after
        var lookedAt = 0
        while events.count < query.limit, lookedAt < lookedAtMax {
            guard try statement.step() else {
                // Nothing that could match is left: the cursor moves to the end of the log.
                return EventPage(
                    events: events, next: EventPosition(epoch: epoch, sequence: max(last, after)), hasMore: false)
            }
            lookedAt += 1
            seen = statement.int64()
            let type = try statement.eventType()
            guard query.types.isEmpty || query.types.contains(type) else { continue }
            events.append(try statement.event(sequence: seen, type: type))
        }
        return EventPage(events: events, next: EventPosition(epoch: epoch, sequence: seen), hasMore: seen < last)
    }

    private func selection(of entity: String?, after: Int64) throws(StorageError) -> Statement {
        guard let entity else {
            let statement = try connection.statement(
                "events", "SELECT \(EventColumns.all) FROM event e WHERE sequence > ? ORDER BY sequence")
            statement.bind(after)
            return statement
        }
        let first = try firstSequence(of: entity)
        let statement = try connection.statement(
            "events of an entity",
            """
            SELECT \(EventColumns.all) FROM event e WHERE sequence = ?1 AND sequence > ?2
            UNION ALL
            SELECT \(EventColumns.all) FROM event e
                WHERE entity_id = ?3 AND previous IS NOT NULL AND sequence > ?2
            ORDER BY sequence
            """)
        statement.bind(first)
        statement.bind(after)
        statement.bind(entity)
        return statement
    }
}

private enum EventColumns {
    static let all = """
        sequence, type, id, entity_type, entity_id, verb, after, actor, operation_id, stripe_event_id, at_ms,
        (SELECT after FROM event b WHERE b.sequence = e.previous)
        """
}

extension Statement {
    fileprivate func eventType() throws(StorageError) -> EventType {
        let name = text()
        guard let type = EventType(rawValue: name) else {
            throw StorageError(.corrupt, message: "A stored event has the unknown type \(name).")
        }
        return type
    }

    fileprivate func event(sequence: Int64, type: EventType) throws(StorageError) -> Event {
        let id: EventID = self.id()
        let entityName = text()
        guard let entityType = EntityType(rawValue: entityName) else {
            throw StorageError(.corrupt, message: "A stored event has the unknown entity type \(entityName).")
        }
        let draft = EventDraft(
            id: id, type: type, entityType: entityType, entity: text(), verb: text(), after: bytes(), actor: text(),
            operation: idOrNil(), stripeEventID: textOrNil(), at: timestamp())
        return Event(sequence: sequence, draft: draft, before: bytes())
    }
}
