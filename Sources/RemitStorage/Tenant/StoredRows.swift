package import RemitDomain

/// Rows that can be read: a transaction of the writer's, or a read transaction beside it.
///
/// Can't be copied and can't escape the transaction that it stands for; every read is synchronous.
package protocol StoredRows: ~Copyable {
    var connection: Database { get }
    /// What is known of the rows without asking them; nil where writes aren't followed.
    var known: KnownRows? { get }

    /// The first event of an entity whose own row names it; nil where it names none.
    func firstSequence(of entity: String) throws(StorageError) -> Int64?
}

extension StoredRows where Self: ~Copyable {
    package var known: KnownRows? { nil }

    package func firstSequence(of entity: String) throws(StorageError) -> Int64? { nil }
}

/// A tenant's rows.
///
/// `encoder` makes entities' bytes, anew where the stored ones are of an older version.
package protocol TenantRows: StoredRows, ~Copyable {
    var encoder: any EntityEncoder.Type { get }
}

extension TenantRows where Self: ~Copyable {
    package func firstSequence(of entity: String) throws(StorageError) -> Int64? {
        guard entity.hasPrefix(EntityType.payment.rawValue) else { return nil }
        return try RowPlace.find(entity, in: .payment, of: connection) { place throws(StorageError) in
            let statement = try connection.statement("SELECT first_sequence FROM payment WHERE place = ? AND id = ?")
            defer { statement.reset() }
            statement.bind(place)
            statement.bind(entity)
            return try statement.step() ? .some(statement.int64OrNil()) : nil
        } ?? nil
    }
}
