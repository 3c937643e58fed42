package import RemitDomain

private let inboxColumns = """
    event_id, type, object, body_sha256, body, received_at_ms, state, due_at_ms, attempts, reason, arrival
    """

extension TenantRows where Self: ~Copyable {
    package func inboxEntry(_ eventID: String) throws(StorageError) -> InboxEntry? {
        let statement = try connection.statement(
            "inbox entry", "SELECT \(inboxColumns) FROM inbox WHERE event_id = ?")
        statement.bind(eventID)
        return try entries(statement).first
    }

    /// At most `limit` open entries that are due, in order of arrival.
    package func inboxEntries(dueBy now: Timestamp, limit: Int) throws(StorageError) -> [InboxEntry] {
        let statement = try connection.statement(
            "inbox due",
            """
            SELECT \(inboxColumns) FROM inbox INDEXED BY inbox_open
            WHERE state IN (1, 2) AND coalesce(due_at_ms, 0) <= ? ORDER BY arrival LIMIT ?
            """)
        statement.bind(now)
        statement.bind(Int64(limit))
        return try entries(statement)
    }

    /// An object's open entries, in order of arrival: its queue.
    package func inboxEntries(of object: String) throws(StorageError) -> [InboxEntry] {
        let statement = try connection.statement(
            "inbox by object",
            "SELECT \(inboxColumns) FROM inbox WHERE object = ? AND state IN (1, 2) ORDER BY arrival")
        statement.bind(object)
        return try entries(statement)
    }

    /// Open entries.
    package func inboxDepth() throws(StorageError) -> Int {
        let statement = try connection.statement(
            "SELECT count(*) FROM inbox INDEXED BY inbox_open WHERE state IN (1, 2)")
        defer { statement.reset() }
        _ = try statement.step()
        return Int(statement.int64())
    }

    /// When the next open entry is due; nil where none is open.
    package func nextInboxDue() throws(StorageError) -> Timestamp? {
        let statement = try connection.statement(
            "SELECT min(coalesce(due_at_ms, received_at_ms)) FROM inbox INDEXED BY inbox_open WHERE state IN (1, 2)")
        defer { statement.reset() }
        _ = try statement.step()
        return statement.timestampOrNil()
    }

    /// Whether an entry is so old that it may be deleted.
    package func hasExpiredInbox(at now: Timestamp) throws(StorageError) -> Bool {
        try expiredArrivals(before: now + -TenantTransaction.inboxRetentionMilliseconds, limit: 1).first != nil
    }

    /// Goes through the inbox from its old end, and stops at the first entry that is younger.
    fileprivate func expiredArrivals(before cutoff: Timestamp, limit: Int) throws(StorageError) -> [Int64] {
        let statement = try connection.statement("SELECT arrival, received_at_ms, state FROM inbox ORDER BY arrival")
        defer { statement.reset() }
        var closed: [Int64] = []
        while closed.count < limit, try statement.step() {
            let arrival = statement.int64()
            guard statement.timestamp() < cutoff else { break }
            let state: InboxEntry.State = try statement.value()
            if state != .pending, state != .parked { closed.append(arrival) }
        }
        return closed
    }

    private func entries(_ statement: Statement) throws(StorageError) -> [InboxEntry] {
        defer { statement.reset() }
        var entries: [InboxEntry] = []
        while try statement.step() {
            var entry = InboxEntry(
                eventID: statement.text(), type: statement.text(), object: statement.text(),
                bodyDigest: statement.bytes(), body: statement.bytes(), receivedAt: statement.timestamp(),
                state: try statement.value(), dueAt: statement.timestampOrNil(), attempts: Int(statement.int64()),
                reason: statement.text())
            entry.arrival = statement.int64()
            entries.append(entry)
        }
        return entries
    }
}

extension TenantTransaction {
    /// Events are resent for 3 days, and an unanswered endpoint's for longer by hand; closed entries go after this.
    package static var inboxRetentionMilliseconds: Int64 { 35 * 86_400_000 }

    /// Stores an event; false where its id is known already, and nothing is written.
    package func insert(_ entry: InboxEntry) throws(StorageError) -> Bool {
        let statement = try connection.statement(
            """
            INSERT INTO inbox (
                event_id, type, object, body_sha256, body, received_at_ms, state, due_at_ms, attempts, reason
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING
            """)
        statement.bind(entry.eventID)
        statement.bind(entry.type)
        statement.bind(entry.object)
        statement.bind(entry.bodyDigest)
        statement.bind(entry.body)
        statement.bind(entry.receivedAt)
        statement.bind(entry.state)
        statement.bind(entry.dueAt)
        statement.bind(Int64(entry.attempts))
        statement.bind(entry.reason)
        try statement.run()
        guard connection.changes == 1 else { return false }
        known?.inserted(entry)
        return true
    }

    /// Writes what became of an entry: its state, due time, attempts and reason.
    package func update(_ entry: InboxEntry) throws(StorageError) {
        let statement = try connection.statement(
            "UPDATE inbox SET state = ?, due_at_ms = ?, attempts = ?, reason = ? WHERE event_id = ?")
        statement.bind(entry.state)
        statement.bind(entry.dueAt)
        statement.bind(Int64(entry.attempts))
        statement.bind(entry.reason)
        statement.bind(entry.eventID)
        known?.forgetInbox()
        try statement.run()
    }

    /// Makes an object's parked entries pending and due at once: it has appeared.
    ///
    /// Returns how many there were.
    @discardableResult
    package func unpark(_ object: String) throws(StorageError) -> Int {
        let statement = try connection.statement(
            "UPDATE inbox SET state = 1, due_at_ms = NULL, reason = '' WHERE object = ? AND state IN (1, 2) AND state = 2"
        )
        statement.bind(object)
        known?.forgetInbox()
        try statement.run()
        return connection.changes
    }

    /// Makes parked entries pending and due at once that wait for this reason and aren't older than `since`.
    ///
    /// Reads what arrived since then, whatever became of it, and no more. Returns how many there were.
    @discardableResult
    package func unpark(waitingFor reason: String, receivedSince since: Timestamp) throws(StorageError) -> Int {
        let parked = try parkedArrivals(waitingFor: reason, receivedSince: since)
        if !parked.isEmpty { known?.forgetInbox() }
        for arrival in parked {
            let statement = try connection.statement(
                "UPDATE inbox SET state = 1, due_at_ms = NULL, reason = '' WHERE arrival = ?")
            statement.bind(arrival)
            try statement.run()
        }
        return parked.count
    }

    private func parkedArrivals(
        waitingFor reason: String, receivedSince since: Timestamp
    ) throws(StorageError) -> [Int64] {
        let statement = try connection.statement(
            "SELECT arrival, received_at_ms, state, reason FROM inbox ORDER BY arrival DESC")
        defer { statement.reset() }
        var parked: [Int64] = []
        while try statement.step() {
            let arrival = statement.int64()
            guard statement.timestamp() >= since else { break }
            let state: InboxEntry.State = try statement.value()
            if state == .parked, statement.text() == reason { parked.append(arrival) }
        }
        return parked
    }

    /// Deletes at most `limit` closed entries older than the retention, and returns how many.
    @discardableResult
    package func expireInbox(at now: Timestamp, limit: Int) throws(StorageError) -> Int {
        let cutoff = now + -Self.inboxRetentionMilliseconds
        let closed = try expiredArrivals(before: cutoff, limit: limit)
        for arrival in closed {
            let statement = try connection.statement("DELETE FROM inbox WHERE arrival = ?")
            statement.bind(arrival)
            try statement.run()
        }
        return closed.count
    }
}
