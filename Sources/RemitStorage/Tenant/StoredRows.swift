package import RemitDomain

/// Rows that can be read: a transaction of the writer's, or a read transaction beside it.
///
/// Can't be copied and can't escape the transaction that it stands for; every read is synchronous.
package protocol StoredRows: ~Copyable {
    var connection: Database { get }
}

/// A tenant's rows.
///
/// `encoder` makes entities' bytes, anew where the stored ones are of an older version.
package protocol TenantRows: StoredRows, ~Copyable {
    var encoder: any EntityEncoder.Type { get }
}
