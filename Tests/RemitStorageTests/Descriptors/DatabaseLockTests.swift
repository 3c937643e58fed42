import CSQLite
import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

struct DatabaseLockTests {
    /// One connection that nothing was asked of, and a lock on its file.
    private final class Holder {
        let lock: DatabaseLock
        private let connection: OpaquePointer?

        init(_ path: String) throws {
            #expect(OpenedDescriptor.isWatched)
            var connection: OpaquePointer?
            try #require(
                sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, "unix-none") == SQLITE_OK)
            self.connection = connection
            lock = try #require(DatabaseLock(justOpened: path))
        }

        deinit { sqlite3_close_v2(connection) }
    }

    /// A database of one number whose connections are all closed.
    private static func makeFile(in folder: TemporaryDirectory) throws -> String {
        let place = try #require(realpath(folder.path, nil))
        defer { free(place) }
        let path = String(cString: place) + "/locked.sqlite"
        var options = Database.Options()
        options.creates = true
        let maker = try Database(path: path, options: options)
        try maker.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT; INSERT INTO t VALUES (1, 7)")
        maker.close()
        return path
    }

    private static func size(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    }

    @Test("readers share, one may be going to write beside them, and who wants to be alone keeps new ones out")
    func levels() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let (first, second, third) = (try Holder(path), try Holder(path), try Holder(path))
        #expect(first.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_OK)
        #expect(second.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_OK)
        #expect(first.lock.lock(SQLITE_LOCK_RESERVED) == SQLITE_OK)
        #expect(second.lock.lock(SQLITE_LOCK_RESERVED) == SQLITE_BUSY)
        var answer: Int32 = 0
        #expect(second.lock.isReserved(&answer) == SQLITE_OK)
        #expect(answer == 1)
        #expect(first.lock.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_BUSY)
        #expect(first.lock.level == SQLITE_LOCK_PENDING)
        #expect(third.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_BUSY)
        #expect(second.lock.unlock(SQLITE_LOCK_NONE) == SQLITE_OK)
        #expect(first.lock.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK)
        #expect(third.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_BUSY)
        #expect(first.lock.unlock(SQLITE_LOCK_SHARED) == SQLITE_OK)
        #expect(third.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_OK)
        #expect(third.lock.isReserved(&answer) == SQLITE_OK)
        #expect(answer == 0)
        #expect(third.lock.lock(SQLITE_LOCK_RESERVED) == SQLITE_OK)
        #expect(first.lock.unlock(SQLITE_LOCK_NONE) == SQLITE_OK)
        #expect(third.lock.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK)
    }

    @Test("closing a connection gives up its lock and no other's")
    func closing() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let (first, second) = (try Holder(path), try Holder(path))
        do {
            let third = try Holder(path)
            for holder in [first, third] { #expect(holder.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_OK) }
        }
        #expect(second.lock.lock(SQLITE_LOCK_SHARED) == SQLITE_OK)
        #expect(second.lock.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_BUSY)
        #expect(first.lock.unlock(SQLITE_LOCK_NONE) == SQLITE_OK)
        #expect(second.lock.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK)
    }

    @Test("each connection takes files without SQLite's own locks, whose list of open files each opening would walk")
    func fileSystem() throws {
        let folder = try TemporaryDirectory()
        let database = try Database(path: try Self.makeFile(in: folder))
        var name: UnsafeMutablePointer<CChar>?
        #expect(sqlite3_file_control(database.raw, "main", SQLITE_FCNTL_VFSNAME, &name) == SQLITE_OK)
        defer { sqlite3_free(name) }
        // A disk whose power tests can cut takes the default's place in a process that has one.
        if strcmp(sqlite3_vfs_find(nil).pointee.zName, "unix") == 0 {
            #expect(name.map { String(cString: $0) } == "unix-none")
        }
    }

    @Test("only the last of this process's connections cuts the WAL when it is closed")
    func lastOfProcess() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let (writer, reader) = (try Database(path: path), try Database(path: path))
        try writer.execute("UPDATE t SET n = 8")
        #expect(try ParkedFile.number(in: reader) == 8)
        writer.close()
        #expect(try #require(Self.size(path + "-wal")) > 0)
        #expect(try ParkedFile.number(in: reader) == 8)
        reader.close()
        #expect(Self.size(path + "-wal") ?? 0 == 0)
    }

    @Test(
        "other programs and the server keep each other from cutting the WAL and from being alone",
        .enabled(if: SQLiteShell.isThere))
    func otherPrograms() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let writer = try Database(path: path)
        try writer.execute("UPDATE t SET n = 8")
        #expect(try SQLiteShell.ask("SELECT n FROM t;", of: path) == "8")
        #expect(try #require(Self.size(path + "-wal")) > 0)
        #expect(try SQLiteShell.ask("PRAGMA journal_mode = DELETE;", of: path).contains("locked"))
        let shell = try SQLiteShell(path)
        #expect(shell.ask("SELECT n FROM t;") == "8")
        writer.close()
        #expect(try #require(Self.size(path + "-wal")) > 0)
        #expect(shell.ask("UPDATE t SET n = 9 RETURNING n;") == "9")
        #expect(try ParkedFile.number(in: try Database(path: path)) == 9)
        shell.end()
        #expect(Self.size(path + "-wal") ?? 0 == 0)
    }

    @Test(
        "a program that has a database to itself is waited for, and refuses who comes meanwhile",
        .enabled(if: SQLiteShell.isThere))
    func otherProgramAlone() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let shell = try SQLiteShell(path)
        #expect(shell.ask("PRAGMA locking_mode = EXCLUSIVE;") == "exclusive")
        #expect(shell.ask("PRAGMA journal_mode = DELETE;") == "delete")
        #expect(shell.ask("UPDATE t SET n = 10 RETURNING n;") == "10")
        #expect(throws: StorageError.self) { _ = try Database(path: path) }
        shell.end()
        #expect(try ParkedFile.number(in: try Database(path: path)) == 10)
    }

    @Test("a database that was moved isn't written to when it is closed")
    func moved() throws {
        let folder = try TemporaryDirectory()
        let path = try Self.makeFile(in: folder)
        let writer = try Database(path: path)
        try writer.execute("UPDATE t SET n = 8")
        let before = try #require(FileManager.default.contents(atPath: path))
        try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
        writer.close()
        #expect(FileManager.default.contents(atPath: path + ".moved") == before)
        #expect(try #require(Self.size(path + "-wal")) > 0)
    }
}
