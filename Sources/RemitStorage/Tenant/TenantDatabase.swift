package import RemitDomain

/// One tenant's file on its writer's connection.
///
/// Belongs to the tenant's turns, on one thread at a time; opened in one of them, when first needed.
package final class TenantDatabase {
    package typealias Transaction = TenantTransaction
    package typealias ReadTransaction = TenantReadTransaction

    /// Synced commits after which a tenant counts as hot and its WAL is worth prewarming.
    package static var prewarmAfterCommits: Int { 64 }
    /// Synced commits from one step of the prewarming to the next: those who wait for a step's write and sync are few.
    package static var prewarmEveryCommits: Int { 16 }

    /// What was found when it was opened.
    package let opening: TenantOpening
    package let connection: Database
    private let encoder: any EntityEncoder.Type
    private let known = KnownRows()
    private let recent = RecentPayments()
    /// Stands between a transaction's last write and its COMMIT: the one place for a journal of other machines.
    ///
    /// When it throws, the transaction is rolled back.
    package var beforeCommit: (() throws(StorageError) -> Void)?
    /// Transactions committed since opening.
    package private(set) var commits = 0
    /// Of those, how many waited for a sync of the WAL: they are what prewarming is for.
    package private(set) var syncedCommits = 0

    private init(connection: Database, opening: TenantOpening, encoder: any EntityEncoder.Type) {
        self.encoder = encoder
        self.connection = connection
        self.opening = opening
        opening.tell(known)
    }

    package var identity: TenantIdentity { opening.identity }

    /// As ``TenantFile/create(path:identity:)``.
    package static func create(path: String, identity: TenantIdentity) throws(StorageError) {
        try TenantFile.create(path: path, identity: identity)
    }

    /// Opens a tenant's file and brings its schema up to date; `encoder` makes the entities' bytes.
    ///
    /// With a pool of descriptors, those of its WAL may be parked between transactions.
    package static func open(
        path: String, tenant: TenantID? = nil, encoder: any EntityEncoder.Type,
        options: Database.Options = Database.Options(), descriptors: DescriptorPool? = nil
    ) throws(StorageError) -> TenantDatabase {
        let database = try Database(path: path, options: options)
        do throws(StorageError) {
            var opening = try TenantOpening.read(from: database, of: tenant)
            if opening == nil {
                try TenantSchema.schema.migrate(database)
                opening = try TenantOpening.read(from: database, of: tenant)
            }
            guard let opening else { preconditionFailure("A migration left a file of another version.") }
            if let descriptors { try database.lendDescriptors(from: descriptors) }
            if !options.isReadOnly {
                try database.gatherWrites()
                database.leaveCheckpointsToOwner()
                database.keepReadLocks()
            }
            return TenantDatabase(connection: database, opening: opening, encoder: encoder)
        } catch {
            database.close()
            throw error
        }
    }

    /// Gives back the lock under which was read last, which is kept for the next read: to be called, outside of
    /// transactions, when none is to be expected soon, since other processes can't cut the WAL until then.
    package func giveUpReadLock() {
        connection.giveUpReadLock()
    }

    /// Gives back most of the memory that an open tenant takes, and its read lock, until it is used again.
    ///
    /// Outside of transactions.
    package func rest() {
        recent.rest()
        connection.rest()
    }

    /// Says who is told before and after each wait for a lock of another process, on the thread that waits.
    package func onLockWait(begins: @escaping () -> Void, ends: @escaping () -> Void) {
        connection.patience.begins = begins
        connection.patience.ends = ends
    }

    /// Bounds the page cache.
    package func setCache(kibibytes: Int) throws(StorageError) {
        try connection.setCache(kibibytes: Int64(kibibytes))
    }

    /// The page cache's bytes, and how many pages it had and hadn't when they were wanted, since this was last asked.
    package func takeCacheUse() -> (bytes: Int, hits: Int, misses: Int) {
        connection.takeCacheUse()
    }

    /// Checkpoints and closes.
    ///
    /// Readers are closed before. Harmless twice.
    package func close() {
        connection.close()
    }

    // MARK: Writing

    /// Opens a write transaction, for a batch of members.
    ///
    /// End it by ``commit(_:)`` or ``rollback(_:)``.
    package func begin() throws(StorageError) -> Transaction {
        precondition(!connection.isInTransaction, "A transaction was begun inside another.")
        try connection.beginImmediate()
        return Transaction(connection: connection, encoder: encoder, known: known)
    }

    /// Commits; when that fails, what was written is rolled back or unknown: close the tenant unless ``begin()`` works.
    package func commit(_ transaction: consuming Transaction) throws(StorageError) {
        do throws(StorageError) {
            try beforeCommit?()
            try connection.commit()
            commits += 1
            syncedCommits += 1
        } catch {
            undo()
            throw error
        }
    }

    /// Commits as ``commit(_:)``, but leaves the sync to a journal, and returns what that is to be told.
    ///
    /// Nil: it was synced, since there is nothing to tell, or not all can be told. Otherwise no answer may leave, and
    /// nothing else be begun, before the journal has synced it, or ``synchronize()`` has.
    package func commitUnsynced(_ transaction: consuming Transaction) throws(StorageError) -> RedoRecord? {
        do throws(StorageError) {
            try beforeCommit?()
            let redo = try connection.commitUnsynced()
            commits += 1
            if redo == nil { syncedCommits += 1 }
            return redo
        } catch {
            undo()
            throw error
        }
    }

    /// Makes all commits durable.
    ///
    /// Outside of transactions.
    package func synchronize() throws(StorageError) {
        try connection.synchronizeLog()
    }

    /// Undoes all that the transaction wrote.
    package func rollback(_ transaction: consuming Transaction) {
        undo()
    }

    private func undo() {
        known.forgetAll()
        connection.rollback()
    }

    /// One transaction of its own: committed when `body` returns, rolled back when it throws.
    @discardableResult
    package func transaction<R>(_ body: (borrowing Transaction) throws(StorageError) -> R) throws(StorageError) -> R {
        let transaction = try begin()
        let result: R
        do throws(StorageError) {
            result = try body(transaction)
        } catch {
            rollback(transaction)
            throw error
        }
        try commit(transaction)
        return result
    }

    // MARK: Reading

    /// Opens a read transaction on the writer's connection, between two batches.
    ///
    /// End it by ``endRead(_:)``.
    package func beginRead() throws(StorageError) -> ReadTransaction {
        precondition(!connection.isInTransaction, "A read was begun inside a transaction.")
        try connection.beginRead()
        return ReadTransaction(connection: connection, encoder: encoder, recent: nil)
    }

    /// Reads without a transaction, each statement for itself: nobody else writes, so all see the same.
    ///
    /// Cheaper than ``beginRead()`` for one statement, dearer for more; the payments that it looks up by id are kept for
    /// ``recentPayments``. End it by ``endRead(_:)``.
    package func beginStatement() throws(StorageError) -> ReadTransaction {
        precondition(!connection.isInTransaction, "A read was begun inside a transaction.")
        try connection.beginStatement()
        // What is committed when the statement begins is what it sees.
        let isSame = recent.certainState.map(connection.isCommitted) ?? false
        recent.begin(isSame ? nil : connection.committed, isSame: isSame)
        return ReadTransaction(connection: connection, encoder: encoder, recent: recent)
    }

    package func endRead(_ transaction: consuming ReadTransaction) {
        transaction.recent?.end(isSame: recent.state.map(connection.isCommitted) ?? false)
        connection.rollback()
    }

    /// The messages that single statements have read, if they are as they would be read now.
    ///
    /// Nil: something was committed since, or may have been, or nothing was read.
    ///
    /// Outside of transactions, and to be used at once.
    package var recentPayments: RecentPayments? {
        guard let state = recent.certainState, connection.isCommitted(state) else { return nil }
        return recent
    }

    /// One read transaction: all that `body` reads is of one moment.
    @discardableResult
    package func read<R>(_ body: (borrowing ReadTransaction) throws(StorageError) -> R) throws(StorageError) -> R {
        let transaction = try beginRead()
        do throws(StorageError) {
            let result = try body(transaction)
            endRead(transaction)
            return result
        } catch {
            endRead(transaction)
            throw error
        }
    }

    /// The rows' outlook, of which only what isn't known is read.
    ///
    /// Outside of transactions.
    package func outlook() throws(StorageError) -> Outlook {
        if let outlook = known.outlook { return outlook }
        return try read { rows throws(StorageError) in try rows.outlook() }
    }

    // MARK: The write-ahead log

    /// Fills the WAL with zeros by ``WriteAheadLog/prewarmStepBytes``, so that commits don't grow it.
    ///
    /// Outside of transactions. True: it holds a checkpoint's worth, and needs no further step.
    package func prewarm() throws(StorageError) -> Bool {
        precondition(!connection.isInTransaction, "A WAL was prewarmed inside a transaction.")
        return try WriteAheadLog(of: connection).prewarm()
    }

    /// Whether ``checkpoint()`` is due: no commit makes one by itself, since callers would wait for it.
    package var isCheckpointDue: Bool { connection.isCheckpointDue }

    /// Moves what the WAL has to the file; commits begin again at its start then.
    ///
    /// Outside of transactions.
    package func checkpoint() {
        precondition(!connection.isInTransaction, "A checkpoint was made inside a transaction.")
        connection.checkpoint()
    }

    /// Bytes of the WAL file, prewarmed ones included; where it may be parked, as this connection has seen it last.
    package func walBytes() throws(StorageError) -> Int64 {
        if let known = connection.knownLogSize { return known }
        return try WriteAheadLog(of: connection).size()
    }
}
