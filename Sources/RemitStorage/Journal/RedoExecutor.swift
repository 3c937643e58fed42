internal import CSQLite

/// Runs again, on one connection, what transactions' statements did.
final class RedoExecutor {
    /// Why a record's executions can't be run.
    enum Failure: Error {
        /// They aren't what a record has, or name a text that isn't known.
        case unreadable
        case storage(StorageError)
    }

    private struct Key: Hashable {
        var segment: Int
        var number: UInt16
    }

    private let connection: OpaquePointer
    private var statements: [Key: OpaquePointer] = [:]

    init(_ database: Database) {
        connection = database.raw
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
    }

    /// Runs a record's executions, inside of a transaction; `texts` are those of the record's segment.
    func run(_ executions: UnsafeRawBufferPointer, segment: Int, texts: [UInt16: String]) throws(Failure) {
        var reader = JournalReader(executions)
        while !reader.isAtEnd {
            guard let number = reader.int16(), let text = texts[number] else { throw .unreadable }
            let statement = try statement(Key(segment: segment, number: number), text)
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            let count = sqlite3_bind_parameter_count(statement)
            var bound: Int32 = 0
            while bound < count {
                bound += 1
                try bind(&reader, to: statement, at: bound)
            }
            try step(statement)
        }
    }

    private func statement(_ key: Key, _ text: String) throws(Failure) -> OpaquePointer {
        if let statement = statements[key] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, text, -1, 0, &statement, nil)
        guard code == SQLITE_OK else { throw .storage(StorageError(connection: connection, resultCode: code)) }
        guard let statement else { throw .unreadable }
        statements[key] = statement
        return statement
    }

    /// Binds the next value where it lies: the bytes stay until the statement has run.
    private func bind(_ reader: inout JournalReader, to statement: OpaquePointer, at place: Int32) throws(Failure) {
        guard let kind = reader.byte().flatMap(RedoRecord.Kind.init) else { throw .unreadable }
        let code: Int32
        switch kind {
        case .null: code = sqlite3_bind_null(statement, place)
        case .integer:
            guard let value = reader.int64() else { throw .unreadable }
            code = sqlite3_bind_int64(statement, place, value)
        case .text:
            let bytes = try bytes(&reader)
            if let start = bytes.baseAddress, !bytes.isEmpty {
                let text = start.assumingMemoryBound(to: CChar.self)
                code = sqlite3_bind_text(statement, place, text, Int32(bytes.count), nil)
            } else {
                code = sqlite3_bind_text(statement, place, "", 0, nil)
            }
        case .blob:
            let bytes = try bytes(&reader)
            code =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, place, 0)
                : sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), nil)
        }
        guard code == SQLITE_OK else { throw .storage(StorageError(connection: connection, resultCode: code)) }
    }

    private func bytes(_ reader: inout JournalReader) throws(Failure) -> UnsafeRawBufferPointer {
        guard let count = reader.int32(), let bytes = reader.bytes(Int(count)) else { throw .unreadable }
        return bytes
    }

    private func step(_ statement: OpaquePointer) throws(Failure) {
        var code = SQLITE_ROW
        while code == SQLITE_ROW { code = sqlite3_step(statement) }
        guard code == SQLITE_DONE else { throw .storage(StorageError(connection: connection, resultCode: code)) }
    }
}
