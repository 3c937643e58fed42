package import RemitDomain

/// A connection that only reads, for a reader thread: finds and event pages beside the writer.
package final class TenantReader {
    package typealias ReadTransaction = TenantReadTransaction

    /// How long one page may read: those that wait for the thread wait for it, and so does who closes the tenant.
    ///
    /// The rows that a page looks at are bounded and take a tenth of it, unless the disk is slow.
    package static let pageMillisecondsMax: Int64 = 2_000

    package let identity: TenantIdentity
    package let connection: Database
    private let encoder: any EntityEncoder.Type
    private let limit: TimeLimit
    private let pageMilliseconds: Int64

    /// Opens beside a writer that has opened before, and so has brought the schema up to date.
    package init(
        path: String, tenant: TenantID? = nil, encoder: any EntityEncoder.Type,
        pageMilliseconds: Int64 = TenantReader.pageMillisecondsMax, descriptors: DescriptorPool? = nil
    ) throws(StorageError) {
        var options = Database.Options()
        options.isReadOnly = true
        self.encoder = encoder
        self.pageMilliseconds = pageMilliseconds
        connection = try Database(path: path, options: options)
        limit = connection.makeTimeLimit()
        do throws(StorageError) {
            identity = try TenantIdentity.read(from: connection, of: tenant)
            if let descriptors { try connection.lendDescriptors(from: descriptors) }
        } catch {
            connection.close()
            throw error
        }
    }

    /// Ends what runs here, from any thread.
    package var interruptHandle: InterruptHandle { connection.interruptHandle }

    /// One page: a read transaction that ends with `body`, so that it holds no WAL.
    ///
    /// What takes longer than ``pageMillisecondsMax`` ends with ``StorageError/Code/outOfTime``.
    @discardableResult
    package func read<R>(_ body: (borrowing ReadTransaction) throws(StorageError) -> R) throws(StorageError) -> R {
        try connection.beginRead()
        defer { connection.rollback() }
        limit.begin(milliseconds: pageMilliseconds)
        defer { limit.stop() }
        do throws(StorageError) {
            return try body(ReadTransaction(connection: connection, encoder: encoder, recent: nil))
        } catch {
            guard error.code == .interrupted, limit.isOver else { throw error }
            throw StorageError(.outOfTime, message: "A page took longer than \(pageMilliseconds) ms.")
        }
    }

    /// Closes; the writer closes after its readers.
    ///
    /// Harmless twice.
    package func close() {
        connection.close()
    }
}
