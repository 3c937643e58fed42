package import RemitDomain

/// An object of the processor's that is to be read, and when.
package struct DueFetch: Hashable, Sendable {
    package let object: ProcessorObject
    package let dueAt: Timestamp
    /// Moves with every schedule: what was learned meanwhile makes a finished fetch old.
    package let generation: Int64
    package let reason: String
}

extension TenantRows where Self: ~Copyable {
    /// At most `limit` objects whose GET is due, the longest due first.
    package func fetches(dueBy now: Timestamp, limit: Int) throws(StorageError) -> [DueFetch] {
        let statement = try connection.statement(
            """
            SELECT kind, object, due_at_ms, generation, reason FROM object_due
            WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?
            """)
        statement.bind(now)
        statement.bind(Int64(limit))
        return try fetches(statement)
    }

    /// The fetch that waits for an object; nil where none does.
    package func fetch(of object: ProcessorObject) throws(StorageError) -> DueFetch? {
        let statement = try connection.statement(
            "SELECT kind, object, due_at_ms, generation, reason FROM object_due WHERE kind = ? AND object = ?")
        statement.bind(object.kind)
        statement.bind(object.id)
        return try fetches(statement).first
    }

    /// When the next fetch is due; nil where none waits.
    package func nextFetchDue() throws(StorageError) -> Timestamp? {
        let statement = try connection.statement("SELECT min(due_at_ms) FROM object_due")
        defer { statement.reset() }
        _ = try statement.step()
        return statement.timestampOrNil()
    }

    private func fetches(_ statement: Statement) throws(StorageError) -> [DueFetch] {
        defer { statement.reset() }
        var fetches: [DueFetch] = []
        while try statement.step() {
            let kind = statement.int64()
            guard let object = ProcessorObject(kind: kind, id: statement.text()) else {
                throw StorageError(.corrupt, message: "A fetch names an object of the unknown kind \(kind).")
            }
            fetches.append(
                DueFetch(
                    object: object, dueAt: statement.timestamp(), generation: statement.int64(),
                    reason: statement.text()))
        }
        return fetches
    }
}

extension TenantTransaction {
    /// Has an object read at `dueAt`; one that waits already waits until then instead, so that GETs coalesce.
    package func scheduleFetch(of object: ProcessorObject, at dueAt: Timestamp, reason: String) throws(StorageError) {
        let statement = try connection.statement(
            """
            INSERT INTO object_due (kind, object, due_at_ms, generation, reason) VALUES (?, ?, ?, 1, ?)
            ON CONFLICT (kind, object) DO UPDATE SET
                due_at_ms = excluded.due_at_ms, generation = generation + 1, reason = excluded.reason
            """)
        statement.bind(object.kind)
        statement.bind(object.id)
        statement.bind(dueAt)
        statement.bind(reason)
        known?.forgetFetches()
        try statement.run()
    }

    /// Takes a fetch off the queue; false where something was learned since it was read, and so it stays.
    @discardableResult
    package func finish(_ fetch: DueFetch) throws(StorageError) -> Bool {
        let statement = try connection.statement(
            "DELETE FROM object_due WHERE kind = ? AND object = ? AND generation = ?")
        statement.bind(fetch.object.kind)
        statement.bind(fetch.object.id)
        statement.bind(fetch.generation)
        known?.forgetFetches()
        try statement.run()
        return connection.changes == 1
    }
}

extension ProcessorObject {
    /// The number by which rows name the kind of object.
    fileprivate var kind: Int64 {
        switch self {
        case .paymentIntent: 1
        case .charge: 2
        case .refund: 3
        case .customer: 4
        }
    }

    fileprivate var id: String {
        switch self {
        case .paymentIntent(let id), .charge(let id), .refund(let id), .customer(let id): id
        }
    }

    fileprivate init?(kind: Int64, id: String) {
        switch kind {
        case 1: self = .paymentIntent(id)
        case 2: self = .charge(id)
        case 3: self = .refund(id)
        case 4: self = .customer(id)
        default: return nil
        }
    }
}
