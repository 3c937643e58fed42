internal import CSQLite

/// A prepared statement: bound in order, stepped, read in order, reset.
///
/// Belongs to its database's thread. Every parameter is bound anew after each ``reset()``; the count is checked.
final class Statement {
    private let raw: OpaquePointer
    private let parameterCount: Int32
    private var bound: Int32 = 0
    private var column: Int32 = 0
    private var isRunning = false
    /// Where bound texts and bytes may lie; nil: SQLite copies them.
    private var scratch: BindingScratch?
    private var isInScratch = false
    /// What tells a journal of the statement's executions; nil: it doesn't write, or nobody wants to know.
    private var redo: RedoRecord?
    /// The text's number there; nil: the statement only reads, or can't be told.
    private let redoNumber: UInt16?
    /// Which of the record's executions it is.
    private var execution = 0
    private let writes: Bool
    private unowned let database: Database

    /// Where SQLite's own lies.
    var address: UnsafeRawPointer { UnsafeRawPointer(raw) }

    /// `text`: where its executions may be told to a ``RedoRecord``.
    init(raw: OpaquePointer, of database: Database, text: String? = nil) {
        self.raw = raw
        self.database = database
        parameterCount = sqlite3_bind_parameter_count(raw)
        writes = sqlite3_stmt_readonly(raw) == 0
        redoNumber = writes ? text.flatMap(RedoTexts.number) : nil
    }

    deinit {
        sqlite3_finalize(raw)
        leaveScratch()
        leaveRedo()
    }

    /// Lends a place for the values that are bound from now on until the next ``reset()``, and has the execution told.
    func use(_ scratch: BindingScratch?, _ redo: RedoRecord? = nil) {
        if !isInScratch { self.scratch = scratch }
        guard let redo, let redoNumber, self.redo !== redo else { return }
        leaveRedo()
        redo.enter()
        execution = redo.begin(redoNumber, parameters: Int(parameterCount))
        self.redo = redo
    }

    /// Copies bytes to where they stay until the reset; nil where there is no room.
    private func keep(_ bytes: UnsafeRawBufferPointer, as kind: RedoRecord.Kind) -> UnsafeRawPointer? {
        if let redo, let place = redo.append(bytes, as: kind) { return place }
        guard let scratch else { return nil }
        if !isInScratch {
            isInScratch = true
            scratch.enter()
        }
        return scratch.keep(bytes)
    }

    private func leaveRedo() {
        guard let redo else { return }
        // What was bound and didn't run can't be taken back.
        if !isRunning { redo.spoil() }
        redo.leave()
        self.redo = nil
    }

    private func leaveScratch() {
        if isInScratch { scratch?.leave() }
        isInScratch = false
        scratch = nil
    }

    // MARK: Binding

    func bind(_ value: Int64) {
        bound += 1
        redo?.append(value)
        check(sqlite3_bind_int64(raw, bound, value))
    }

    func bind(_ value: Int64?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    func bind(_ value: Bool) {
        bind(value ? 1 : 0)
    }

    func bind(_ value: String) {
        bound += 1
        var value = value
        let code = value.withUTF8 { utf8 in
            // An empty buffer may have no address, which SQLite would take for NULL.
            let kept = keep(UnsafeRawBufferPointer(utf8), as: .text)
            guard let start = utf8.baseAddress else { return sqlite3_bind_text(raw, bound, "", 0, nil) }
            let text = kept ?? UnsafeRawPointer(start)
            let end = kept == nil ? Self.copied : nil
            return sqlite3_bind_text(raw, bound, text.assumingMemoryBound(to: CChar.self), Int32(utf8.count), end)
        }
        check(code)
    }

    /// Binds a text in UTF-8 without a copy: it must stay where it is until the statement is reset.
    func bind(lent value: UnsafeBufferPointer<UInt8>) {
        bound += 1
        _ = redo?.append(UnsafeRawBufferPointer(value), as: .text)
        guard let start = value.baseAddress else { return check(sqlite3_bind_text(raw, bound, "", 0, nil)) }
        check(
            start.withMemoryRebound(to: CChar.self, capacity: value.count) {
                sqlite3_bind_text(raw, bound, $0, Int32(value.count), nil)
            })
    }

    func bind(_ value: String?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    func bind(_ value: [UInt8]) {
        bound += 1
        let code = value.withUnsafeBytes { bytes in
            let kept = keep(bytes, as: .blob)
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(raw, bound, 0) }
            let end = kept == nil ? Self.copied : nil
            return sqlite3_bind_blob(raw, bound, kept ?? start, Int32(bytes.count), end)
        }
        check(code)
    }

    func bind(_ value: [UInt8]?) {
        guard let value else { return bindNull() }
        bind(value)
    }

    func bindNull() {
        bound += 1
        redo?.appendNull()
        check(sqlite3_bind_null(raw, bound))
    }

    // MARK: Running

    /// Goes to the next row; false at the end.
    func step() throws(StorageError) -> Bool {
        if !isRunning {
            precondition(bound == parameterCount, "A statement ran with \(bound) of \(parameterCount) values.")
            isRunning = true
            if writes { checkTold() }
        }
        column = 0
        let code = sqlite3_step(raw)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            // It may have written some of its rows.
            redo?.spoil()
            throw StorageError(connection: sqlite3_db_handle(raw), resultCode: code)
        }
    }

    /// A record must have what is written, in the order in which it is: it can't tell of what wasn't announced to it
    /// (such as a second run of a statement that was asked for once), nor of what others have overtaken.
    private func checkTold() {
        if let redo {
            redo.runs(execution)
        } else {
            database.wroteUntold()
        }
    }

    /// Runs a statement without rows, and resets it.
    func run() throws(StorageError) {
        defer { reset() }
        _ = try step()
    }

    /// Makes the statement ready to be bound and run again.
    ///
    /// A failed step's error was thrown by that step.
    func reset() {
        sqlite3_reset(raw)
        leaveRedo()
        bound = 0
        isRunning = false
        leaveScratch()
    }

    // MARK: Reading, in the order of the columns

    func int64() -> Int64 {
        defer { column += 1 }
        return sqlite3_column_int64(raw, column)
    }

    func int64OrNil() -> Int64? {
        guard !isNull else { return skipNil() }
        return int64()
    }

    func bool() -> Bool {
        int64() != 0
    }

    func text() -> String {
        defer { column += 1 }
        guard let start = sqlite3_column_text(raw, column) else { return "" }
        let count = Int(sqlite3_column_bytes(raw, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func textOrNil() -> String? {
        guard !isNull else { return skipNil() }
        return text()
    }

    func bytes() -> [UInt8] {
        defer { column += 1 }
        return unsafeBytes().map { [UInt8]($0) } ?? []
    }

    func bytesOrNil() -> [UInt8]? {
        guard !isNull else { return skipNil() }
        return bytes()
    }

    /// Lends a BLOB's bytes without a copy.
    func withBytes<R>(_ body: (Span<UInt8>) throws(StorageError) -> R) throws(StorageError) -> R {
        defer { column += 1 }
        guard let bytes = unsafeBytes() else { return try body([UInt8]().span) }
        return try body(bytes.bindMemory(to: UInt8.self).span)
    }

    /// Appends a BLOB's bytes to `buffer`: the one copy on their way out of the page cache.
    func appendBytes(to buffer: inout [UInt8]) {
        defer { column += 1 }
        guard let bytes = unsafeBytes() else { return }
        buffer.append(contentsOf: bytes)
    }

    /// Whether the next column is NULL.
    var isNull: Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    /// Passes over columns.
    func skip(_ count: Int32) {
        column += count
    }

    private func unsafeBytes() -> UnsafeRawBufferPointer? {
        guard let start = sqlite3_column_blob(raw, column) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column)))
    }

    private func skipNil<T>() -> T? {
        column += 1
        return nil
    }

    private func check(_ code: Int32) {
        // A wrong index, a value over SQLite's 1 GB, or no memory.
        precondition(code == SQLITE_OK, "A value couldn't be bound: SQLite's code \(code).")
    }

    /// SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
