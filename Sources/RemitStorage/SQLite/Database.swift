internal import CSQLite
internal import Glibc

/// One connection to one SQLite file, with its prepared statements.
///
/// Belongs to one thread at a time.
package final class Database {
    package struct Options: Hashable, Sendable {
        /// Make the file if it isn't there.
        package var creates = false
        /// Refuse every write.
        package var isReadOnly = false
        /// Pages kept in memory: 2 MiB.
        ///
        /// A reader's need no more: it is asked for pages of finds, one after another.
        package var cacheKibibytes: Int64 = 2_048

        package init() {}
    }

    /// Bytes of a page of a file that is made here; one that is there already keeps its own.
    ///
    /// A commit writes a page of each b-tree that it touches, some eight, however little it changes there: half of
    /// SQLite's usual size is half to write, to sync and to copy back. Smaller ones would be split too often, and hold
    /// too little beside a payment's message.
    static let pageBytes = 2_048
    /// Pages of WAL after which a commit checkpoints; more is faster on average, with stalls of 40 ms.
    static let checkpointPages: Int32 = 2_000
    /// Statements of queries kept per connection; their texts vary with the callers' filters.
    static let queryStatementsMax = 32

    package let path: String
    package let interruptHandle: InterruptHandle
    let raw: OpaquePointer
    private var statements = StatementList()
    private var queryStatements: [String: Statement] = [:]
    private var isOpen = true
    /// Pages in the WAL as of the last commit that has looked; known where checkpoints are the owner's.
    private var logPages = 0
    private let descriptors: ConnectionDescriptors
    /// How it waits for others' locks.
    let patience = LockPatience()
    private let isReadOnly: Bool
    /// Where a write transaction's statements put what they bind; nil outside of one.
    private var scratch: BindingScratch?
    /// Where a write transaction's statements tell what they do; nil outside of one, and where nobody wants to know.
    private var redo: RedoRecord?
    /// What stands before the WAL; nil: nothing.
    private var gatherer: FrameGatherer?
    /// What limits the time of statements; SQLite knows its address.
    private var timeLimit: TimeLimit?

    /// Before the first connection of the process: SQLite counts no memory, and takes it page by page.
    static let isConfigured = remit_sqlite_configure() == SQLITE_OK

    /// The system's files without SQLite's locks, for ours (``DatabaseLock``); nil: another default has taken their place.
    private static var fileSystem: String? {
        guard let name = sqlite3_vfs_find(nil)?.pointee.zName, strcmp(name, "unix") == 0 else { return nil }
        return "unix-none"
    }

    package init(path: String, options: Options = Options()) throws(StorageError) {
        _ = Self.isConfigured
        precondition(OpenedDescriptor.isWatched, "This SQLite lets nobody see what it opens.")
        var flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if options.creates { flags |= SQLITE_OPEN_CREATE }
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, flags, Self.fileSystem)
        guard code == SQLITE_OK, let connection else {
            let error = StorageError(connection: connection, resultCode: code)
            sqlite3_close_v2(connection)
            throw error
        }
        do throws(StorageError) {
            descriptors = try ConnectionDescriptors(of: connection, patience: patience)
        } catch {
            sqlite3_close_v2(connection)
            throw error
        }
        self.path = path
        isReadOnly = options.isReadOnly
        raw = connection
        interruptHandle = InterruptHandle(connection)
        do {
            try configure(options)
        } catch {
            close()
            throw error
        }
    }

    deinit {
        close()
    }

    private func configure(_ options: Options) throws(StorageError) {
        patience.install(on: raw)
        sqlite3_wal_autocheckpoint(raw, Self.checkpointPages)
        let code = remit_sqlite_harden(raw)
        guard code == SQLITE_OK else { throw StorageError(connection: raw, resultCode: code) }
        // The third reads the schema, and with it opens the WAL; the others only set what they name.
        try execute(
            """
            PRAGMA page_size = \(Self.pageBytes);
            PRAGMA synchronous = FULL;
            PRAGMA temp_store = MEMORY;
            PRAGMA journal_mode = WAL;
            PRAGMA cache_size = -\(options.cacheKibibytes)
            """)
        if options.isReadOnly { try execute("PRAGMA query_only = ON") }
        // Writes into a WAL that keeps its size need no change of the file's metadata when they are synced.
        var keep: Int32 = 1
        sqlite3_file_control(raw, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
    }

    /// Bounds the page cache.
    package func setCache(kibibytes: Int64) throws(StorageError) {
        try execute("PRAGMA cache_size = -\(kibibytes)")
    }

    /// Has statements watched, from now on and for good.
    func makeTimeLimit() -> TimeLimit {
        let limit = TimeLimit(of: raw)
        timeLimit = limit
        return limit
    }

    /// Finalizes the statements and closes; the last connection to a file checkpoints its WAL and cuts it to nothing.
    ///
    /// Harmless twice.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        interruptHandle.close()
        statements = StatementList()
        queryStatements = [:]
        // Without its descriptors a close can't checkpoint; what is in the WAL is found there by the next opening.
        _ = try? descriptors.hold()
        if !isReadOnly { cutLog() }
        sqlite3_close_v2(raw)
        descriptors.leave()
    }

    /// Bytes that the connection holds, by what they are for.
    package var memory: (cache: Int, statements: Int, schema: Int) {
        (
            status(SQLITE_DBSTATUS_CACHE_USED), status(SQLITE_DBSTATUS_STMT_USED), status(SQLITE_DBSTATUS_SCHEMA_USED)
        )
    }

    /// The page cache's bytes, and how many pages it had and hadn't when they were wanted, since this was last asked.
    package func takeCacheUse() -> (bytes: Int, hits: Int, misses: Int) {
        (
            status(SQLITE_DBSTATUS_CACHE_USED), status(SQLITE_DBSTATUS_CACHE_HIT, resets: true),
            status(SQLITE_DBSTATUS_CACHE_MISS, resets: true)
        )
    }

    private func status(_ figure: Int32, resets: Bool = false) -> Int {
        var (present, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(raw, figure, &present, &highest, resets ? 1 : 0)
        return Int(present)
    }

    /// Gives back what a connection needs only for speed: its statements, and the pages that its cache holds.
    ///
    /// Outside of transactions. They come again as they are used.
    func rest() {
        precondition(!isInTransaction, "A connection rested inside a transaction.")
        descriptors.giveUpReadLock()
        statements = StatementList()
        queryStatements = [:]
        sqlite3_db_release_memory(raw)
    }

    /// Has the last connection's close cut the WAL to nothing, after its checkpoint.
    ///
    /// Else a kept WAL is read whole by the next opening, and checkpointed again by its close; a hot tenant's has 4 MB.
    private func cutLog() {
        sqlite3_exec(raw, "PRAGMA journal_size_limit = 0", nil, nil, nil)
    }

    // MARK: Checkpoints

    /// Leaves checkpoints to the connection's owner: from now on no commit makes one.
    ///
    /// The owner asks ``isCheckpointDue`` after each commit.
    func leaveCheckpointsToOwner() {
        sqlite3_wal_hook(
            raw,
            { context, _, _, pages in
                guard let context else { return SQLITE_MISUSE }
                Unmanaged<Database>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether the WAL has ``checkpointPages`` since the last commit, and checkpoints are the owner's.
    var isCheckpointDue: Bool { logPages >= Self.checkpointPages }

    /// Moves what readers no longer need from the WAL to the file, outside of transactions.
    ///
    /// What can't be moved stays in the WAL, whole: the next commit makes it due again.
    func checkpoint() {
        logPages = 0
        // Without its descriptors nothing is moved, and the next transaction says why.
        _ = try? holdingDescriptors {
            sqlite3_wal_checkpoint_v2(raw, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
            descriptors.giveUpReadLock()
        }
    }

    // MARK: Descriptors

    /// Lets a pool park the WAL's and the wal-index's descriptors between transactions.
    ///
    /// After the first read, and before anything else takes the WAL's place.
    func lendDescriptors(from pool: DescriptorPool) throws(StorageError) {
        try descriptors.join(pool)
        // Nobody may use the connection for a while: after a crash all tenants are opened, and few are called at once.
        descriptors.release()
    }

    /// From now on the lock under which a transaction has read is kept for the next one.
    ///
    /// The owner must call ``giveUpReadLock()`` when the connection isn't used for a while: until then other processes
    /// can't cut the WAL. For a tenant's writer alone: a reader's lock would hold up the writer's own checkpoints.
    func keepReadLocks() { descriptors.keepReadLocks() }

    /// Gives back the lock that is kept for the next transaction, outside of transactions.
    func giveUpReadLock() { descriptors.giveUpReadLock() }

    /// Runs what looks into the files outside of a transaction; inside of one it is just run.
    func holdingDescriptors<R>(_ body: () throws(StorageError) -> R) throws(StorageError) -> R {
        let isOuter = try descriptors.hold()
        defer { if isOuter { descriptors.release() } }
        return try body()
    }

    /// The WAL's size as this connection has seen it last; nil where the file itself is to be asked.
    var knownLogSize: Int64? { descriptors.knownLogSize }

    /// What is committed to the file as of now, by whichever process; nil: that can't be seen without opening something.
    var committed: CommittedState? { isOpen ? descriptors.committed : nil }

    /// Whether nothing was committed since that was so; false where that can't be seen.
    func isCommitted(_ state: CommittedState) -> Bool { isOpen && descriptors.isCommitted(state) }

    // MARK: Statements

    /// The prepared statement of a literal text; prepared once.
    func statement(_ sql: StaticString) throws(StorageError) -> Statement {
        try statement(sql, sql.description)
    }

    /// The prepared statement of a text composed of our own constants; prepared once under its name.
    func statement(_ name: StaticString, _ sql: @autoclosure () -> String) throws(StorageError) -> Statement {
        let key = UInt(bitPattern: name.utf8Start)
        let statement: Statement
        if let found = statements.find(key) {
            statement = found
        } else {
            statement = try prepare(sql())
            statements.add(statement, key)
        }
        statement.use(scratch, redo)
        return statement
    }

    /// The prepared statement of a composed query, which holds no values; a bounded number is kept.
    func queryStatement(_ sql: String) throws(StorageError) -> Statement {
        if let statement = queryStatements[sql] { return statement }
        if queryStatements.count >= Self.queryStatementsMax { queryStatements = [:] }
        let statement = try prepare(sql)
        queryStatements[sql] = statement
        return statement
    }

    private func prepare(_ sql: String) throws(StorageError) -> Statement {
        precondition(isOpen, "A closed database was asked.")
        var statement: OpaquePointer?
        // The schema may have to be read.
        let code = try holdingDescriptors {
            sqlite3_prepare_v3(raw, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        }
        guard code == SQLITE_OK, let statement else { throw StorageError(connection: raw, resultCode: code) }
        return Statement(raw: statement, of: self, text: gatherer == nil ? nil : sql)
    }

    /// Runs a statement whose result is one row, and forgets it; `read` isn't called where there is no row.
    ///
    /// For what a connection asks once: a prepared statement would be kept for nothing.
    func once<R>(
        _ sql: String, _ read: (Statement) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        let statement = try prepare(sql)
        return try statement.step() ? try read(statement) : nil
    }

    /// Runs texts of our own, such as pragmas and migrations.
    func execute(_ sql: String) throws(StorageError) {
        redo?.spoil()
        let code = try holdingDescriptors { sqlite3_exec(raw, sql, nil, nil, nil) }
        guard code == SQLITE_OK else { throw StorageError(connection: raw, resultCode: code) }
    }

    /// A statement writes that isn't told to the transaction's record.
    func wroteUntold() {
        redo?.spoil()
    }

    /// Rows changed by the last statement that ran.
    var changes: Int { Int(sqlite3_changes(raw)) }
    var lastRowID: Int64 { sqlite3_last_insert_rowid(raw) }

    // MARK: Transactions

    /// Whether a transaction is open; SQLite itself ends one on some errors.
    package var isInTransaction: Bool { sqlite3_get_autocommit(raw) == 0 }

    func beginImmediate() throws(StorageError) {
        statements.fetchAhead()
        try holdingDescriptors { () throws(StorageError) in
            // What can't be opened is found before anything is written: at the COMMIT the outcome would be unknown.
            try descriptors.openLog()
            try statement("BEGIN IMMEDIATE").run()
        }
        scratch = BindingScratch.take()
        if gatherer != nil { redo = RedoRecord.take() }
    }

    func beginRead() throws(StorageError) {
        try holdingDescriptors { () throws(StorageError) in try statement("BEGIN DEFERRED").run() }
    }

    /// Prepares for a statement without a transaction around it; end it by ``rollback()``.
    func beginStatement() throws(StorageError) {
        _ = try descriptors.hold()
    }

    func commit() throws(StorageError) {
        giveScratchBack()
        giveRedoBack()
        try statement("COMMIT").run()
        descriptors.release()
    }

    /// Commits without a sync, for a journal that makes the commit durable, and returns what it is to be told.
    ///
    /// Until then a cut of the power can undo the commit, as it undoes all that follow it. Nil: the commit was synced as
    /// any other, since there is nothing to tell, or not all can be told.
    func commitUnsynced() throws(StorageError) -> RedoRecord? {
        guard let gatherer, let redo, redo.isWhole, !redo.isEmpty else {
            try commit()
            return nil
        }
        self.redo = nil
        giveScratchBack()
        do throws(StorageError) {
            gatherer.leavesSyncOfCommit = true
            defer { gatherer.leavesSyncOfCommit = false }
            try statement("COMMIT").run()
        } catch {
            RedoRecord.giveBack(redo)
            throw error
        }
        descriptors.release()
        return redo
    }

    /// Makes all commits durable that left their sync to a journal.
    func synchronizeLog() throws(StorageError) {
        try WriteAheadLog(of: self).synchronize()
    }

    /// From now on a transaction's frames reach the WAL in one write, and its commit may be left unsynced.
    ///
    /// Once for each connection; readers need it not.
    func gatherWrites() throws(StorageError) {
        gatherer = try WriteAheadLog(of: self).gatherWrites()
    }

    /// All statements of the transaction have been reset.
    private func giveScratchBack() {
        if let scratch { BindingScratch.giveBack(scratch) }
        scratch = nil
    }

    private func giveRedoBack() {
        if let redo { RedoRecord.giveBack(redo) }
        redo = nil
    }

    /// Undoes what isn't committed; does nothing when SQLite has already.
    func rollback() {
        defer { descriptors.release() }
        giveScratchBack()
        giveRedoBack()
        guard isInTransaction else { return }
        do throws(StorageError) {
            try statement("ROLLBACK").run()
        } catch {
            // ROLLBACK fails only on a file that is gone; closing the connection then undoes the rest.
            close()
        }
    }

    /// Runs `body` in a transaction of its own, and undoes it when it throws.
    @discardableResult
    func write<R>(_ body: () throws(StorageError) -> R) throws(StorageError) -> R {
        try beginImmediate()
        do throws(StorageError) {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }
}
