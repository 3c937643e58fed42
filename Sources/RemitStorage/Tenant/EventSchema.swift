/// The event log's table, alike in tenants' files and in the control file.
///
/// `sequence` is the row id without AUTOINCREMENT: the next number is the largest committed one plus one, so what is
/// rolled back leaves no hole. `before` is never stored: it is the `after` of the entity's event before.
enum EventSchema {
    static let table = """
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            entity_type TEXT NOT NULL,
            entity_id TEXT NOT NULL,
            verb TEXT NOT NULL,
            actor TEXT NOT NULL,
            operation_id TEXT,
            stripe_event_id TEXT,
            at_ms INTEGER NOT NULL,
            after BLOB NOT NULL
        ) STRICT;
        CREATE INDEX event_entity ON event (entity_id, sequence);
        """
}
