/// The event log's table, alike in tenants' files and in the control file.
///
/// `sequence` is the row id without AUTOINCREMENT: the next number is the largest committed one plus one, so what is
/// rolled back leaves no hole. `before` is never stored: it is the `after` of the entity's event before.
///
/// `previous` is the sequence number of that event, 0 where there is none, and NULL for a new payment's first event: its
/// payment names it (`first_sequence`), and it needs no place in the index.
///
/// A payment's event is a row of its history, too: `ordinal` counts that history's rows up to the event, and where
/// `from_stage` is NULL, as in an alert, the event isn't one of them.
enum EventSchema {
    static let table = """
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            entity_type TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            previous INTEGER,
            verb TEXT NOT NULL,
            actor TEXT NOT NULL,
            operation_id TEXT,
            stripe_event_id TEXT,
            at_ms INTEGER NOT NULL,
            ordinal INTEGER,
            source INTEGER,
            from_stage INTEGER,
            to_stage INTEGER,
            after BLOB NOT NULL
        ) STRICT;
        CREATE INDEX event_entity ON event (entity_id, sequence) WHERE previous IS NOT NULL;
        """
}
