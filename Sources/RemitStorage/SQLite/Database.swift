internal import CSQLite

/// One connection to one SQLite file, with its prepared statements.
///
/// Belongs to one thread at a time.
package final class Database {
    package struct Options: Hashable, Sendable {
        /// Make the file if it isn't there.
        package var creates = false
        /// Refuse every write.
        package var isReadOnly = false
        /// Pages kept in memory.
        ///
        /// 2 MiB holds the upper levels of every b-tree of a small tenant; a hot one gets more.
        package var cacheKibibytes: Int64 = 2_048

        package init() {}
    }

    /// How long a lock is waited for: another connection holds one only while it opens or closes.
    static let busyTimeoutMilliseconds: Int32 = 2_000
    /// Pages of WAL after which a commit checkpoints; more is faster on average, with stalls of 40 ms.
    static let checkpointPages = 1_000
    /// Statements of queries kept per connection; their texts vary with the callers' filters.
    static let queryStatementsMax = 32

    package let path: String
    package let interruptHandle: InterruptHandle
    let raw: OpaquePointer
    private var statements: [UInt: Statement] = [:]
    private var queryStatements: [String: Statement] = [:]
    private var isOpen = true
    private let isReadOnly: Bool
    /// Where a write transaction's statements put what they bind; nil outside of one.
    private var scratch: BindingScratch?
    /// What limits the time of statements; SQLite knows its address.
    private var timeLimit: TimeLimit?

    /// Before the first connection of the process: SQLite counts no memory, for every allocation would take its lock.
    private static let countsNoMemory = remit_sqlite_count_no_memory()

    package init(path: String, options: Options = Options()) throws(StorageError) {
        _ = Self.countsNoMemory
        var flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if options.creates { flags |= SQLITE_OPEN_CREATE }
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path, &connection, flags, nil)
        guard code == SQLITE_OK, let connection else {
            let error = StorageError(connection: connection, resultCode: code)
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
        sqlite3_busy_timeout(raw, Self.busyTimeoutMilliseconds)
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA locking_mode = NORMAL")
        try execute("PRAGMA temp_store = MEMORY")
        try execute("PRAGMA foreign_keys = OFF")
        try execute("PRAGMA trusted_schema = OFF")
        try execute("PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
        try setCache(kibibytes: options.cacheKibibytes)
        if options.isReadOnly { try execute("PRAGMA query_only = ON") }
        // Writes into a WAL that keeps its size need no change of the file's metadata when they are synced.
        var keep: Int32 = 1
        sqlite3_file_control(raw, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
    }

    /// Bounds the page cache: 2 MiB for most, at most 64 MiB for a hot tenant.
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
        statements = [:]
        queryStatements = [:]
        if !isReadOnly { cutLog() }
        sqlite3_close_v2(raw)
    }

    /// Has the last connection's close cut the WAL to nothing, after its checkpoint.
    ///
    /// Else a kept WAL is read whole by the next opening, and checkpointed again by its close; a hot tenant's has 4 MB.
    private func cutLog() {
        sqlite3_exec(raw, "PRAGMA journal_size_limit = 0", nil, nil, nil)
    }

    // MARK: Statements

    /// The prepared statement of a literal text; prepared once.
    func statement(_ sql: StaticString) throws(StorageError) -> Statement {
        try statement(sql, sql.description)
    }

    /// The prepared statement of a text composed of our own constants; prepared once under its name.
    func statement(_ name: StaticString, _ sql: @autoclosure () -> String) throws(StorageError) -> Statement {
        let key = UInt(bitPattern: name.utf8Start)
        if let statement = statements[key] {
            statement.use(scratch)
            return statement
        }
        let statement = try prepare(sql())
        statements[key] = statement
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
        let code = sqlite3_prepare_v3(raw, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw StorageError(connection: raw, resultCode: code) }
        return Statement(raw: statement)
    }

    /// Runs texts of our own, such as pragmas and migrations.
    func execute(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(raw, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw StorageError(connection: raw, resultCode: code) }
    }

    /// Rows changed by the last statement that ran.
    var changes: Int { Int(sqlite3_changes(raw)) }
    var lastRowID: Int64 { sqlite3_last_insert_rowid(raw) }

    // MARK: Transactions

    /// Whether a transaction is open; SQLite itself ends one on some errors.
    package var isInTransaction: Bool { sqlite3_get_autocommit(raw) == 0 }

    func beginImmediate() throws(StorageError) {
        try statement("BEGIN IMMEDIATE").run()
        scratch = BindingScratch.take()
    }

    func beginRead() throws(StorageError) {
        try statement("BEGIN DEFERRED").run()
    }

    func commit() throws(StorageError) {
        giveScratchBack()
        try statement("COMMIT").run()
    }

    /// All statements of the transaction have been reset.
    private func giveScratchBack() {
        if let scratch { BindingScratch.giveBack(scratch) }
        scratch = nil
    }

    /// Undoes what isn't committed; does nothing when SQLite has already.
    func rollback() {
        giveScratchBack()
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
