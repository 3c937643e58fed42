internal import CSQLite

/// What one connection needs beside its database's descriptor, held while it works and lent to it by a pool.
final class ConnectionDescriptors {
    private let connection: OpaquePointer
    private let patience: LockPatience
    private let lease = DescriptorLease()
    private let index: WALIndex
    private var log: WALFile?
    private var pool: DescriptorPool?

    /// On the thread that has just opened the connection, before its first statement.
    init(of connection: OpaquePointer, patience: LockPatience) throws(StorageError) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, file.pointee.pMethods != nil,
            let name = sqlite3_db_filename(connection, "main")
        else { throw StorageError(connection: connection, resultCode: SQLITE_CANTOPEN) }
        guard let lock = DatabaseLock(justOpened: String(cString: name)) else {
            throw StorageError(.io, message: "\(String(cString: name)) went while it was opened.")
        }
        self.connection = connection
        self.patience = patience
        index = WALIndex.install(on: file, path: String(cString: name), lock: lock, lease: lease)
    }

    /// The WAL's size as the connection has seen it last; nil: its descriptor is never parked, and may be asked.
    var knownLogSize: Int64? { log?.knownSize }

    /// From now on the descriptors are lent by the pool; the connection has read once, so that its WAL is open.
    func join(_ pool: DescriptorPool) throws(StorageError) {
        log = try WALFile.install(on: connection, lease: lease, pool: pool)
        self.pool = pool
        pool.join(lease)
    }

    /// Takes the descriptors, before SQLite is asked for anything that may look into the database.
    ///
    /// False: they were held already. Throws ``StorageError/Code/io`` when the files aren't those that the connection
    /// knows: close it then.
    func hold() throws(StorageError) -> Bool {
        guard let pool, lease.held == nil else { return false }
        guard !lease.take() else { return true }
        let descriptors = lease.renew()
        pool.lend(lease)
        do throws(WALIndex.Failure) {
            let isVoid = try resume(descriptors, pool)
            // What is in the page cache is of a wal-index that is no more.
            if isVoid { sqlite3_file_control(connection, "main", SQLITE_FCNTL_RESET_CACHE, nil) }
            return true
        } catch {
            pool.giveBack(lease)
            lease.drop()
            throw switch error {
            case .busy: StorageError(.busy, message: "Another process keeps the wal-index to itself.")
            case .noDescriptor: StorageError(.io, message: "There is no descriptor left for the wal-index.")
            case .lost: StorageError(.io, message: "The wal-index isn't the one that the connection knows.")
            }
        }
    }

    private func resume(_ descriptors: LentDescriptors, _ pool: DescriptorPool) throws(WALIndex.Failure) -> Bool {
        do throws(WALIndex.Failure) {
            return try index.resume(descriptors, patience)
        } catch {
            guard error == .noDescriptor, pool.park(atMost: DescriptorPool.parkedAtOnce) else { throw error }
            return try index.resume(descriptors, patience)
        }
    }

    /// Opens the WAL, which else is opened when it is first used; for a connection that holds its descriptors.
    func openLog() throws(StorageError) {
        guard let log, !log.isOpenable else { return }
        throw StorageError(.io, message: "There is no descriptor left for the WAL, or it was replaced.")
    }

    /// From now on the read lock of a transaction that has ended is kept for the next: ``WALIndex/keepsReadLocks``.
    func keepReadLocks() {
        index.keepsReadLocks = true
    }

    /// Gives back the read lock that is kept for the next transaction, outside of transactions.
    func giveUpReadLock() {
        guard index.keepsReadLocks else { return }
        guard pool != nil, lease.held == nil else {
            lease.held?.releaseKeptLock()
            return
        }
        guard lease.take() else {
            // Parked, and so without a lock.
            lease.drop()
            return
        }
        lease.held?.releaseKeptLock()
        lease.release()
    }

    /// Lets the pool park the descriptors, unless a transaction is open.
    func release() {
        guard pool != nil, sqlite3_get_autocommit(connection) != 0, index.isAtRest else { return }
        lease.release()
    }

    /// What is committed as of now; nil: that isn't known, or the descriptors are parked.
    var committed: CommittedState? { lease.unlessParked { index.committed } ?? nil }

    /// Whether nothing was committed, by whomever, since that was so; false too while the descriptors are parked.
    func isCommitted(_ state: CommittedState) -> Bool {
        lease.unlessParked { index.isCommitted(state) } ?? false
    }

    /// After the connection was closed.
    func leave() {
        pool?.leave(lease)
        pool = nil
        lease.drop()
    }
}
