import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

/// What a record tells is all that its transaction did, or the transaction is synced by itself.
@Suite
struct RedoReplayTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    /// An operation minted by a generator of its own: all of one moment share a home.
    private func operation(_ seed: UInt64) -> RemitDomain.Operation {
        var ids = IdentifierGenerator(clock: ManualClock(Fixture.start), randomness: SeededRandom(seed: seed))
        let id: OperationID = ids.next()
        return Fixture.operation(id.text, key: "key \(seed)")
    }

    private static func rows(_ database: Database) throws -> [String] {
        let statement = try database.queryStatement(
            "SELECT id, state, coalesce(\"key\", 'none') FROM operation ORDER BY id")
        defer { statement.reset() }
        var rows: [String] = []
        while try statement.step() { rows.append("\(statement.text()) \(statement.int64()) \(statement.text())") }
        return rows
    }

    @Test("an operation beside its home is changed again by the record of its change")
    func displaced() throws {
        let operations = [operation(1), operation(2), operation(3)]
        #expect(Set(operations.map { RowPlace.home(of: $0.id.text) }).count == 1)
        try tenant.database.transaction { rows throws(StorageError) in
            for operation in operations { try rows.insert(operation) }
        }
        let copy = tenant.directory.file("copy.sqlite")
        try tenant.database.connection.execute("VACUUM INTO '\(copy)'")
        let transaction = try tenant.database.begin()
        for operation in operations {
            var operation = operation
            operation.key = nil
            try transaction.update(operation)
        }
        let redo = try tenant.database.commitUnsynced(transaction)
        defer { if let redo { RedoRecord.giveBack(redo) } }
        let again = try Database(path: copy)
        defer { again.close() }
        let before = try Self.rows(again)
        let bytes = try #require(redo?.bytes)
        let texts = RedoTexts.texts(from: 0).enumerated().map { (UInt16($0.offset), $0.element) }
        try again.write { () throws(StorageError) in
            do throws(RedoExecutor.Failure) {
                try RedoExecutor(again).run(bytes, segment: 0, texts: Dictionary(uniqueKeysWithValues: texts))
            } catch {
                throw StorageError(.corrupt, message: "\(error)")
            }
        }
        #expect(try Self.rows(again) == Self.rows(tenant.database.connection))
        #expect(try Self.rows(again) != before)
    }

    // MARK: Statements that a record can't follow

    private static let insert: StaticString = "INSERT INTO tenant_note VALUES (?, 'x')"
    private static let delete: StaticString = "DELETE FROM tenant_note"

    /// Runs a transaction in which something is told, and whatever `body` does.
    private func isTold(_ body: (Database) throws -> Void) throws -> Bool {
        let database = tenant.database.connection
        try database.execute("CREATE TABLE IF NOT EXISTS tenant_note (a INTEGER, b TEXT) STRICT")
        try database.beginImmediate()
        let statement = try database.statement("UPDATE tenant_meta SET epoch = epoch")
        try statement.run()
        try body(database)
        guard let redo = try database.commitUnsynced() else { return false }
        RedoRecord.giveBack(redo)
        try database.synchronizeLog()
        return true
    }

    @Test("a statement that runs twice and was asked for once isn't told, and its transaction is synced")
    func runsTwice() throws {
        let isTold = try isTold { database in
            let statement = try database.statement(Self.insert)
            for number in 1...2 as ClosedRange<Int64> {
                statement.bind(number)
                try statement.run()
            }
        }
        #expect(!isTold)
        let isToldTwice = try self.isTold { database in
            for number in 1...2 as ClosedRange<Int64> {
                let statement = try database.statement(Self.insert)
                statement.bind(number)
                try statement.run()
            }
        }
        #expect(isToldTwice)
    }

    @Test("a statement that another one overtakes isn't told")
    func overtaken() throws {
        let isTold = try isTold { database in
            let statement = try database.statement(Self.insert)
            statement.bind(1)
            try database.statement(Self.delete).run()
            try statement.run()
        }
        #expect(!isTold)
    }

    @Test("what is written past the list of statements isn't told")
    func pastTheList() throws {
        let ofQueries = try isTold { database in try database.queryStatement("DELETE FROM tenant_note").run() }
        #expect(!ofQueries)
        let once = try isTold { database in
            _ = try database.once("DELETE FROM tenant_note RETURNING a") { row throws(StorageError) in row.int64() }
        }
        #expect(!once)
        let ofTheList = try isTold { database in try database.statement(Self.delete).run() }
        #expect(ofTheList)
        let reading = try isTold { database in
            let count = try database.queryStatement("SELECT count(*) FROM tenant_note")
            defer { count.reset() }
            _ = try count.step()
        }
        #expect(reading)
    }
}
