package import RemitDomain

/// A connection that only reads, for a reader thread: finds and event pages beside the writer.
package final class TenantReader {
    package typealias ReadTransaction = TenantReadTransaction

    package let identity: TenantIdentity
    package let connection: Database
    private let encoder: any EntityEncoder.Type

    /// Opens beside a writer that has opened before, and so has brought the schema up to date.
    package init(path: String, tenant: TenantID? = nil, encoder: any EntityEncoder.Type) throws(StorageError) {
        var options = Database.Options()
        options.isReadOnly = true
        self.encoder = encoder
        connection = try Database(path: path, options: options)
        do throws(StorageError) {
            identity = try TenantIdentity.read(from: connection, of: tenant)
        } catch {
            connection.close()
            throw error
        }
    }

    /// Ends what runs here, from any thread.
    package var interruptHandle: InterruptHandle { connection.interruptHandle }

    /// One page: a read transaction that ends with `body`, so that it holds no WAL.
    @discardableResult
    package func read<R>(_ body: (borrowing ReadTransaction) throws(StorageError) -> R) throws(StorageError) -> R {
        try connection.beginRead()
        defer { connection.rollback() }
        return try body(ReadTransaction(connection: connection, encoder: encoder))
    }

    /// Closes; the writer closes after its readers.
    ///
    /// Harmless twice.
    package func close() {
        connection.close()
    }
}
