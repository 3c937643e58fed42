package import RemitDomain

/// What an opening asks of a tenant's file, in one read transaction and one statement: an opening costs little, and one
/// that finds nothing to do writes nothing.
package struct TenantOpening: Hashable, Sendable {
    package let identity: TenantIdentity
    /// The newest event's number; 0 where there is none.
    package let lastSequence: Int64
    /// Whether operations are started or of an unknown outcome.
    package let hasOpenOperations: Bool
    /// Whether webhooks are stored that aren't applied yet.
    package let hasOpenInbox: Bool
    /// When the inbox's oldest entry came; nil where it is empty.
    package let oldestReceived: Timestamp?
    /// When the next operation is due; nil where none waits.
    let nextOperationDue: Timestamp?
    /// When the next fetch is due; nil where none waits.
    let nextFetchDue: Timestamp?

    /// Nil: the file's schema is of another version.
    static func read(from database: Database, of expected: TenantID?) throws(StorageError) -> TenantOpening? {
        try database.beginRead()
        defer { database.rollback() }
        guard try Schema.version(of: database) == TenantSchema.schema.version else { return nil }
        let found = try database.once(text) { row throws(StorageError) in
            TenantOpening(
                identity: try TenantIdentity.read(row), lastSequence: row.int64(), hasOpenOperations: row.bool(),
                hasOpenInbox: row.bool(), oldestReceived: row.timestampOrNil(),
                nextOperationDue: row.timestampOrNil(), nextFetchDue: row.timestampOrNil())
        }
        _ = try TenantIdentity.check(found?.identity, expected, database)
        return found
    }

    /// Tells a writer what it needn't read again: where nothing is open, all of it.
    func tell(_ known: KnownRows) {
        guard !hasOpenOperations, !hasOpenInbox else { return }
        known.learn(
            lastSequence, KnownRows.Operations(oldestUnknown: nil, due: nextOperationDue),
            KnownRows.Inbox(depth: 0, due: nil), KnownRows.Fetches(due: nextFetchDue))
    }

    private static let text = """
        SELECT tenant, epoch, digest_key,
            (SELECT max(sequence) FROM event),
            EXISTS (SELECT 1 FROM operation INDEXED BY operation_open WHERE state IN (2, 3)),
            EXISTS (SELECT 1 FROM inbox INDEXED BY inbox_open WHERE state IN (1, 2)),
            (SELECT received_at_ms FROM inbox ORDER BY arrival LIMIT 1),
            (SELECT min(due_at_ms) FROM operation WHERE due_at_ms IS NOT NULL),
            (SELECT min(due_at_ms) FROM object_due)
        FROM tenant_meta WHERE id = 1
        """
}
