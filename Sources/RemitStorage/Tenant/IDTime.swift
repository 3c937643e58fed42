import RemitDomain

/// The time inside an id, which lets the places of rows serve `created_at_ms`.
///
/// An id is minted with its entity's creation, but clocks step. The file keeps the widest distance ever seen between
/// the two; a range of creation times, widened by it, is a range of places, and no row is ever missed.
enum IDTime {
    /// The distance that stands for "an id of another form": ids then say nothing of time.
    static let unbounded = Int64.max

    /// Widens the file's known distance where this id is further from its time than any before.
    static func record(id: String, createdAt: Timestamp, in database: Database) throws(StorageError) {
        let distance = RowPlace.milliseconds(of: id).map { abs($0 - createdAt.milliseconds) } ?? unbounded
        guard distance != 0 else { return }
        let statement = try database.statement(
            "UPDATE tenant_meta SET id_time_skew_ms = ?1 WHERE id = 1 AND id_time_skew_ms < ?1")
        statement.bind(distance)
        try statement.run()
    }

    /// The widest distance seen.
    static func skew(in database: Database) throws(StorageError) -> Int64 {
        let statement = try database.statement("SELECT id_time_skew_ms FROM tenant_meta WHERE id = 1")
        defer { statement.reset() }
        return try statement.step() ? statement.int64() : unbounded
    }
}
