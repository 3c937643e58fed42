import CSQLite
import Foundation
import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("A tenant's database")
struct TenantDatabaseTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    @Test("a file says whose it is, and isn't made twice")
    func identity() throws {
        #expect(tenant.database.identity == TestTenant.identity)
        let other = #expect(throws: StorageError.self) {
            try TenantDatabase.open(path: tenant.path, tenant: TenantID("tenant_other"), encoder: TextEncoder.self)
        }
        #expect(other?.code == .corrupt)
        let again = #expect(throws: StorageError.self) {
            try TenantDatabase.create(path: tenant.path, identity: TestTenant.identity)
        }
        #expect(again?.code == .exists)
        let missing = #expect(throws: StorageError.self) {
            try TenantDatabase.open(path: tenant.directory.file("none.sqlite"), encoder: TextEncoder.self)
        }
        #expect(missing?.code == .cannotOpen)
    }

    @Test("a schema newer than the program knows is refused, untouched")
    func newer() throws {
        try tenant.database.connection.execute("PRAGMA user_version = 99")
        tenant.database.close()
        let error = #expect(throws: StorageError.self) {
            try TenantDatabase.open(path: tenant.path, encoder: TextEncoder.self)
        }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("99") == true)
        let raw = try Database(path: tenant.path)
        #expect(try Schema.version(of: raw) == 99)
    }

    @Test("migrations run once each, in order; one that fails leaves the version before it")
    func migrations() throws {
        let database = try Database(path: tenant.directory.file("other.sqlite"), options: creating)
        try Schema(name: "test", migrations: ["CREATE TABLE a (x)"]).migrate(database)
        let longer = ["CREATE TABLE a (x)", "CREATE TABLE b (x)"]
        #expect(throws: StorageError.self) {
            try Schema(name: "test", migrations: longer + ["CREATE TABLE c (x); CREATE TABLE b (x)"]).migrate(database)
        }
        #expect(try Schema.version(of: database) == 2)
        try Schema(name: "test", migrations: longer + ["CREATE TABLE c (x)"]).migrate(database)
        try Schema(name: "test", migrations: longer + ["CREATE TABLE c (x)"]).migrate(database)
        #expect(try Schema.version(of: database) == 3)
    }

    private var creating: Database.Options {
        var options = Database.Options()
        options.creates = true
        return options
    }

    @Test("the pragmas are in force")
    func pragmas() throws {
        let expected: [(String, String)] = [
            ("journal_mode", "wal"), ("synchronous", "2"), ("locking_mode", "normal"), ("temp_store", "2"),
            ("wal_autocheckpoint", "0"), ("cache_size", "-2048"), ("page_size", "2048"),
        ]
        for (pragma, value) in expected {
            let statement = try tenant.database.connection.queryStatement("PRAGMA \(pragma)")
            defer { statement.reset() }
            #expect(try statement.step())
            #expect(statement.text() == value, "\(pragma)")
        }
    }

    @Test("every table is strict and has a primary key without NULLs")
    func tables() throws {
        let statement = try tenant.database.connection.queryStatement(
            """
            SELECT name, strict, (
                SELECT count(*) FROM pragma_table_info(t.name) WHERE pk > 0 AND ("notnull" OR type = 'INTEGER'))
            FROM pragma_table_list t
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'
            """)
        defer { statement.reset() }
        var names: [String] = []
        while try statement.step() {
            let name = statement.text()
            names.append(name)
            #expect(statement.bool(), "\(name) is strict")
            #expect(statement.int64() > 0, "\(name) has a primary key")
        }
        #expect(names.count == 9)
    }

    @Test("a transaction that throws leaves nothing; one that doesn't outlives a crash")
    func crash() throws {
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_1")) }
        #expect(throws: StorageError.self) {
            try tenant.database.transaction { rows throws(StorageError) in
                try rows.insert(Fixture.payment("payment_2"))
                try rows.insert(Fixture.payment("payment_1"))
            }
        }
        let open = try tenant.database.begin()
        try open.insert(Fixture.payment("payment_3"))
        // What a crash leaves: the files as they are now, without a close.
        let crashed = tenant.directory.file("crashed.sqlite")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: tenant.path + suffix, toPath: crashed + suffix)
        }
        tenant.database.rollback(open)
        let reopened = try TenantDatabase.open(path: crashed, encoder: TextEncoder.self)
        try reopened.read { rows throws(StorageError) in
            #expect(try rows.payment(PaymentID("payment_1")) != nil)
            #expect(try rows.payment(PaymentID("payment_2")) == nil)
            #expect(try rows.payment(PaymentID("payment_3")) == nil)
        }
    }

    @Test("a journal that refuses before COMMIT rolls the transaction back")
    func journal() throws {
        tenant.database.beforeCommit = { () throws(StorageError) in
            throw StorageError(.io, message: "The journal is away.")
        }
        let error = #expect(throws: StorageError.self) {
            try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment()) }
        }
        #expect(error?.isIO == true)
        tenant.database.beforeCommit = nil
        try tenant.database.read { rows throws(StorageError) in
            #expect(try rows.payment(PaymentID("payment_test")) == nil)
        }
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment()) }
        #expect(tenant.database.commits == 1)
    }

    @Test("a commit that leaves its sync to a journal isn't one for which the WAL is prewarmed")
    func syncedCommits() throws {
        let transaction = try tenant.database.begin()
        _ = try transaction.insert(Fixture.payment())
        RedoRecord.giveBack(try #require(try tenant.database.commitUnsynced(transaction)))
        #expect(tenant.database.commits == 1)
        #expect(tenant.database.syncedCommits == 0)
        // Nothing to tell a journal.
        #expect(try tenant.database.commitUnsynced(try tenant.database.begin()) == nil)
        #expect(tenant.database.syncedCommits == 1)
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_2")) }
        #expect(tenant.database.commits == 3)
        #expect(tenant.database.syncedCommits == 2)
    }

    /// All steps.
    private func prewarm() throws {
        while try tenant.database.prewarm() == false {}
    }

    @Test("prewarming goes in steps, each of which adds and syncs no more than its bound")
    func prewarmSteps() throws {
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_1")) }
        var size = try tenant.database.walBytes()
        var steps = 1
        while try tenant.database.prewarm() == false {
            let next = try tenant.database.walBytes()
            #expect(next - size == WriteAheadLog.prewarmStepBytes)
            size = next
            steps += 1
        }
        #expect(steps == 4)
        #expect(try tenant.database.walBytes() == WriteAheadLog.prewarmedBytes)
    }

    @Test("prewarming fills the WAL once, loses nothing, and commits don't grow it")
    func prewarmed() throws {
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_1")) }
        try prewarm()
        #expect(try tenant.database.walBytes() == WriteAheadLog.prewarmedBytes)
        for index in 2...50 {
            try tenant.database.transaction { rows throws(StorageError) in
                try rows.insert(Fixture.payment("payment_\(index)"))
            }
        }
        try prewarm()
        #expect(try tenant.database.walBytes() == WriteAheadLog.prewarmedBytes)
        tenant.database.close()
        let reopened = try TenantDatabase.open(path: tenant.path, encoder: TextEncoder.self)
        var query = PaymentQuery()
        query.limit = 100
        #expect(try reopened.read { rows throws(StorageError) in try rows.findPayments(query).payments.count } == 50)
    }

    @Test("a connection that rests gives back its pages and statements, and works on")
    func rest() throws {
        let database = tenant.database
        for index in 0..<200 {
            try database.transaction { rows throws(StorageError) in
                try rows.insert(Fixture.payment("payment_\(index)"))
            }
        }
        let before = database.connection.memory
        database.rest()
        let resting = database.connection.memory
        #expect(before.cache > 100_000 && before.statements > 2_000)
        #expect(resting.cache < 10_000 && resting.statements == 0)
        #expect(resting.schema == before.schema)
        try database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_after")) }
        #expect(
            try database.read { rows throws(StorageError) in try rows.payment(PaymentID("payment_7")) } != nil)
    }

    /// Inserts payments in one transaction, of numbers that grow; what it says is the last one's.
    private func insert(_ count: Int, after last: Int) throws -> Int {
        try tenant.database.transaction { rows throws(StorageError) in
            for index in last + 1...last + count { try rows.insert(Fixture.payment("payment_\(index)")) }
        }
        return last + count
    }

    private func has(_ index: Int) throws -> Bool {
        let id = PaymentID("payment_\(index)")
        return try tenant.database.read { rows throws(StorageError) in try rows.payment(id) } != nil
    }

    @Test("no commit makes a checkpoint: it becomes due at 2,000 pages, and then the WAL begins anew")
    func checkpoint() throws {
        func fileBytes() throws -> Int {
            try FileManager.default.attributesOfItem(atPath: tenant.path)[.size] as? Int ?? 0
        }
        /// What the WAL has of frames, without the zeros behind them: each begins with its page's number.
        func pages() throws -> Int {
            let log = try Data(contentsOf: URL(filePath: tenant.path + "-wal"))
            let frames = stride(from: 32, to: log.count, by: 24 + Database.pageBytes)
            return frames.count { log[$0..<$0 + 4].contains { $0 != 0 } }
        }
        let before = try fileBytes()
        var last = 0
        while try pages() < Database.checkpointPages {
            #expect(!tenant.database.isCheckpointDue)
            last = try insert(60, after: last)
        }
        #expect(tenant.database.isCheckpointDue)
        // Due or not, nobody but the owner makes it.
        last = try insert(1, after: last)
        #expect(try fileBytes() == before)
        #expect(tenant.database.isCheckpointDue)
        tenant.database.checkpoint()
        #expect(!tenant.database.isCheckpointDue)
        #expect(try fileBytes() > before)
        let full = try pages()
        for _ in 0..<5 { last = try insert(1, after: last) }
        #expect(try pages() == full, "commits write from the WAL's start again")
        #expect(!tenant.database.isCheckpointDue)
        for index in [1, last - 5, last] { #expect(try has(index)) }
    }

    @Test("what a reader still needs stays in the WAL, and the next commit makes the checkpoint due again")
    func checkpointBesideReader() throws {
        let reader = try TenantReader(path: tenant.path, tenant: Fixture.tenant, encoder: TextEncoder.self)
        defer { reader.close() }
        var last = try insert(1, after: 0)
        try reader.read { rows throws(StorageError) in
            #expect(try rows.payment(PaymentID("payment_1")) != nil)
            do {
                while !tenant.database.isCheckpointDue { last = try insert(60, after: last) }
                tenant.database.checkpoint()
                #expect(!tenant.database.isCheckpointDue)
                last = try insert(1, after: last)
                #expect(tenant.database.isCheckpointDue)
            } catch {
                Issue.record(error)
            }
            #expect(try rows.payment(PaymentID("payment_2")) == nil)
        }
        tenant.database.checkpoint()
        last = try insert(1, after: last)
        #expect(!tenant.database.isCheckpointDue)
        #expect(try has(last))
    }

    @Test("a close leaves no WAL behind, a crash all of it, and both lose nothing")
    func cut() throws {
        let path = tenant.path + "-wal"
        func size() throws -> Int64? {
            try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64
        }
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_1")) }
        try prewarm()
        #expect(try size() == WriteAheadLog.prewarmedBytes)
        tenant.database.close()
        #expect(try size() == 0)
        // An opening that writes nothing leaves nothing.
        for _ in 0..<2 {
            let reopened = try TenantDatabase.open(path: tenant.path, encoder: TextEncoder.self)
            let found = try reopened.read { rows throws(StorageError) in try rows.payment(PaymentID("payment_1")) }
            #expect(found == Fixture.payment("payment_1"))
            #expect(try reopened.walBytes() == 0)
            reopened.close()
            #expect(try size() == 0)
        }
        // While another connection is there the log stays: the last one's close cuts it.
        let writer = try TenantDatabase.open(path: tenant.path, encoder: TextEncoder.self)
        let reader = try TenantReader(path: tenant.path, tenant: Fixture.tenant, encoder: TextEncoder.self)
        try writer.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_2")) }
        writer.close()
        #expect(try size() ?? 0 > 0)
        let found = try reader.read { rows throws(StorageError) in try rows.payment(PaymentID("payment_2")) }
        #expect(found == Fixture.payment("payment_2"))
        reader.close()
    }

    @Test("a reader sees what is committed, not what is being written, and writes nothing")
    func reader() throws {
        let reader = try TenantReader(path: tenant.path, tenant: Fixture.tenant, encoder: TextEncoder.self)
        let transaction = try tenant.database.begin()
        try transaction.insert(Fixture.payment())
        #expect(try reader.read { rows throws(StorageError) in try rows.payment(PaymentID("payment_test")) } == nil)
        try tenant.database.commit(transaction)
        #expect(try reader.read { rows throws(StorageError) in try rows.payment(PaymentID("payment_test")) } != nil)
        #expect(throws: StorageError.self) { try reader.connection.execute("DELETE FROM payment") }
        reader.close()
        reader.interruptHandle.interrupt()
    }

    @Test("an interrupt from another thread ends what runs, and the connection goes on")
    func interrupt() throws {
        let handle = tenant.database.connection.interruptHandle
        let interrupting = Thread {
            while !Thread.current.isCancelled { handle.interrupt() }
        }
        interrupting.start()
        let error = #expect(throws: StorageError.self) {
            try tenant.database.connection.execute(
                "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")
        }
        interrupting.cancel()
        #expect(error?.code == .interrupted)
    }

    @Test("a page that takes longer than it may is given up, and the next one has all of its time again")
    func pageTime() throws {
        #expect(TenantReader.pageMillisecondsMax == 2_000)
        let reader = try TenantReader(
            path: tenant.path, tenant: Fixture.tenant, encoder: TextEncoder.self, pageMilliseconds: 0)
        func count(to last: Int) throws -> Int64 {
            try reader.read { _ throws(StorageError) in
                let statement = try reader.connection.queryStatement(
                    "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < \(last)) SELECT max(x) FROM n"
                )
                defer { statement.reset() }
                _ = try statement.step()
                return statement.int64()
            }
        }
        let error = #expect(throws: StorageError.self) { try count(to: 1_000_000_000) }
        #expect(error?.code == .outOfTime)
        #expect(try count(to: 3) == 3, "It ends before anybody looks at the clock.")
        // Outside of pages nothing is limited: this takes many looks.
        try reader.connection.execute(
            "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 10000) SELECT max(x) FROM n")
        reader.close()
    }

    @Test("of queries in many forms a connection keeps 32 statements at most")
    func queryStatements() throws {
        let database = tenant.database.connection
        func prepared() -> Int {
            var count = 0
            var next = sqlite3_next_stmt(database.raw, nil)
            while let statement = next {
                count += 1
                next = sqlite3_next_stmt(database.raw, statement)
            }
            return count
        }
        let before = prepared()
        for form in 0..<100 {
            for _ in 0..<2 { _ = try database.queryStatement("SELECT \(form)") }
            #expect(prepared() - before <= Database.queryStatementsMax)
        }
        #expect(Database.queryStatementsMax == 32 && prepared() - before == 100 % 32)
    }

    @Test("text and bytes come back as they went in: empty, with NULs, long, of any script")
    func values() throws {
        let database = tenant.database.connection
        let texts = ["", "\0", "a\0b", "'; DROP TABLE payment; --", "ü€😀", String(repeating: "x", count: 100_000)]
        for text in texts {
            let statement = try database.statement("SELECT ?, ?, ?, ?")
            defer { statement.reset() }
            statement.bind(text)
            statement.bind(Array(text.utf8))
            statement.bind(nil as [UInt8]?)
            statement.bind(Int64.min)
            #expect(try statement.step())
            #expect(statement.text() == text)
            #expect(statement.bytes() == Array(text.utf8))
            #expect(statement.bytesOrNil() == nil)
            #expect(statement.int64() == .min)
        }
    }
}
