import RemitTesting
import Testing

@testable import RemitStorage

@Suite
struct RedoRecordTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// Executions as a reader finds them: the text, and each value as text.
    private static func read(_ record: RedoRecord) throws -> [String] {
        var bytes = [UInt8](try #require(record.bytes))[...]
        func take(_ count: Int) -> [UInt8] {
            defer { bytes = bytes.dropFirst(count) }
            return Array(bytes.prefix(count))
        }
        func number(_ count: Int) -> UInt64 {
            take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var found: [String] = []
        while !bytes.isEmpty {
            let text = RedoTexts.texts(from: Int(number(2)))[0]
            var values: [String] = []
            for _ in text.filter({ $0 == "?" }) {
                switch try #require(RedoRecord.Kind(rawValue: take(1)[0])) {
                case .null: values.append("NULL")
                case .integer: values.append("\(Int64(bitPattern: number(8)))")
                case .text: values.append("'\(String(decoding: take(Int(number(4))), as: UTF8.self))'")
                case .blob: values.append("\(take(Int(number(4))))")
                }
            }
            found.append("\(text) \(values.joined(separator: " "))")
        }
        return found
    }

    /// A file with a table, whose connection tells what it writes.
    private func database(_ name: String = "told") throws -> Database {
        var options = Database.Options()
        options.creates = true
        let database = try Database(path: folder.file(name + ".sqlite"), options: options)
        try database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c BLOB, d INTEGER) STRICT")
        try database.gatherWrites()
        return database
    }

    private static let insert: StaticString = "INSERT INTO t VALUES (?, ?, ?, ?)"

    private func insert(_ number: Int64, _ text: String?, _ bytes: [UInt8]?, in database: Database) throws {
        let statement = try database.statement(Self.insert)
        statement.bind(number)
        statement.bind(text)
        statement.bind(bytes)
        statement.bindNull()
        try statement.run()
    }

    @Test("writes are told with their values, and reads aren't")
    func tells() throws {
        let database = try self.database()
        defer { database.close() }
        try database.beginImmediate()
        try insert(-7, "é", [1, 2], in: database)
        let query = try database.statement("SELECT count(*) FROM t WHERE b = ?")
        query.bind("é")
        #expect(try query.step())
        query.reset()
        try insert(.max, "", [], in: database)
        try insert(8, nil, nil, in: database)
        try database.statement("DELETE FROM t WHERE a = 8").run()
        let record = try #require(try database.commitUnsynced())
        #expect(
            try Self.read(record) == [
                "INSERT INTO t VALUES (?, ?, ?, ?) -7 'é' [1, 2] NULL",
                "INSERT INTO t VALUES (?, ?, ?, ?) \(Int64.max) '' [] NULL",
                "INSERT INTO t VALUES (?, ?, ?, ?) 8 NULL NULL NULL", "DELETE FROM t WHERE a = 8 ",
            ])
        RedoRecord.giveBack(record)
    }

    @Test("rows are the same whether or not they are told")
    func sameRows() throws {
        let (told, plain) = (try database("told"), try database("plain"))
        defer {
            told.close()
            plain.close()
        }
        for (database, isTold) in [(told, true), (plain, false)] {
            for round in 0..<3 as Range<Int64> {
                try database.beginImmediate()
                for number in 0..<5 as Range<Int64> {
                    try insert(
                        round * 5 + number, String(repeating: "x", count: Int(number * 9)), [UInt8(number)],
                        in: database)
                }
                if isTold {
                    RedoRecord.giveBack(try #require(try database.commitUnsynced()))
                } else {
                    try database.commit()
                }
            }
        }
        let rows = try [told, plain].map { database in
            let statement = try database.statement("SELECT a, b, c FROM t ORDER BY a")
            defer { statement.reset() }
            var rows: [String] = []
            while try statement.step() { rows.append("\(statement.int64()) \(statement.text()) \(statement.bytes())") }
            return rows
        }
        #expect(rows[0].count == 15)
        #expect(rows[0] == rows[1])
    }

    @Test("a transaction that can't be told whole is synced as any other")
    func notWhole() throws {
        let database = try self.database()
        defer { database.close() }
        // Nothing is written.
        try database.beginImmediate()
        #expect(try database.commitUnsynced() == nil)
        // More than a record holds.
        try database.beginImmediate()
        try insert(1, String(repeating: "x", count: RedoRecord.bytesMax), nil, in: database)
        #expect(try database.commitUnsynced() == nil)
        // A text of its own.
        try database.beginImmediate()
        try insert(2, nil, nil, in: database)
        try database.execute("UPDATE t SET d = 1")
        #expect(try database.commitUnsynced() == nil)
        // A statement failed, and its caller went on.
        try database.beginImmediate()
        try insert(3, nil, nil, in: database)
        #expect(throws: StorageError.self) { try insert(3, nil, nil, in: database) }
        #expect(try database.commitUnsynced() == nil)
        // Values were bound and never written.
        try database.beginImmediate()
        let statement = try database.statement(Self.insert)
        statement.bind(4)
        statement.reset()
        try insert(5, nil, nil, in: database)
        #expect(try database.commitUnsynced() == nil)
        // All of them are there, and the next one is told again.
        try database.beginImmediate()
        try insert(6, nil, nil, in: database)
        RedoRecord.giveBack(try #require(try database.commitUnsynced()))
        let count = try database.once("SELECT count(*) FROM t") { row throws(StorageError) in row.int64() }
        #expect(count == 5)
    }

    @Test("what was rolled back isn't told")
    func rolledBack() throws {
        let database = try self.database()
        defer { database.close() }
        try database.beginImmediate()
        try insert(1, "gone", nil, in: database)
        database.rollback()
        try database.beginImmediate()
        try insert(2, "stays", nil, in: database)
        let record = try #require(try database.commitUnsynced())
        #expect(try Self.read(record) == ["INSERT INTO t VALUES (?, ?, ?, ?) 2 'stays' NULL NULL"])
    }

    @Test("synced and unsynced commits follow each other")
    func mixed() throws {
        let database = try self.database()
        defer { database.close() }
        try database.beginImmediate()
        try insert(1, nil, nil, in: database)
        _ = try database.commitUnsynced()
        try database.synchronizeLog()
        try database.beginImmediate()
        try insert(2, nil, nil, in: database)
        try database.commit()
        let count = try database.once("SELECT count(*) FROM t") { row throws(StorageError) in row.int64() }
        #expect(count == 2)
    }
}
