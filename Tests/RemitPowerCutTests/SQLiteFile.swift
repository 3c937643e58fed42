import CSQLite

/// A database through SQLite's own interface: what the disk sees of any program.
final class SQLiteFile {
    private var connection: OpaquePointer?

    /// Opens the file, or makes it; `journal` is SQLite's journal mode, `synchronous` its waiting for the disk.
    init(_ path: String, journal: String = "WAL", synchronous: String = "FULL") {
        sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        run("PRAGMA synchronous = \(synchronous)")
        run("PRAGMA journal_mode = \(journal)")
    }

    deinit { close() }

    func close() {
        sqlite3_close_v2(connection)
        connection = nil
    }

    /// SQLite's code.
    @discardableResult
    func run(_ sql: String) -> Int32 { sqlite3_exec(connection, sql, nil, nil, nil) }

    /// Adds a number to the table `numbers`, which is made where it isn't there; SQLite's code.
    @discardableResult
    func add(_ number: Int) -> Int32 {
        run("CREATE TABLE IF NOT EXISTS numbers (number INTEGER); INSERT INTO numbers VALUES (\(number))")
    }

    /// What the table has; nil where there is none, or it can't be read.
    var numbers: [Int]? {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, "SELECT number FROM numbers ORDER BY 1", -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        guard code == SQLITE_OK else { return nil }
        var numbers: [Int] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: numbers.append(Int(sqlite3_column_int64(statement, 0)))
            case SQLITE_DONE: return numbers
            default: return nil
            }
        }
    }
}
