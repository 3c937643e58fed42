import Foundation
import RemitTesting

@testable import RemitStorage

/// A database of one number, open in a writer and a reader whose descriptors are parked at will.
struct ParkedFile {
    let folder: TemporaryDirectory
    let pool = DescriptorPool(lentMax: 1_000)
    let writer: Database
    let reader: Database

    var path: String { folder.file("parked.sqlite") }

    /// `number` is in the file itself then, and the WAL is empty.
    init(number: Int = 0) throws {
        folder = try TemporaryDirectory()
        let path = folder.file("parked.sqlite")
        var options = Database.Options()
        options.creates = true
        let maker = try Database(path: path, options: options)
        try maker.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT")
        try maker.execute("INSERT INTO t VALUES (1, \(number))")
        maker.close()
        writer = try Self.open(path, pool, writes: true)
        reader = try Self.open(path, pool, writes: false)
    }

    static func open(_ path: String, _ pool: DescriptorPool, writes: Bool) throws -> Database {
        let database = try Database(path: path)
        _ = try number(in: database)
        try database.lendDescriptors(from: pool)
        if writes {
            try database.gatherWrites()
            database.keepReadLocks()
        }
        _ = try number(in: database)
        return database
    }

    static func number(in database: Database) throws -> Int {
        try database.beginRead()
        defer { database.rollback() }
        let statement = try database.queryStatement("SELECT n FROM t")
        defer { statement.reset() }
        _ = try statement.step()
        return Int(statement.int64())
    }

    func set(_ number: Int) throws {
        try writer.write { () throws(StorageError) in try writer.execute("UPDATE t SET n = \(number)") }
    }

    /// Parks both connections, as far as they are at rest.
    func park() { _ = pool.park(atMost: 1_000) }

    /// What this process has open of the database: its names' endings.
    var open: [String] { Self.open(path) }

    static func open(_ path: String) -> [String] {
        let folder = "/proc/self/fd/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0) }
            .filter { $0.hasPrefix(path) }.map { String($0.dropFirst(path.count)) }.sorted()
    }
}
