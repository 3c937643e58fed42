import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

struct ParkingTests {
    @Test("a parked connection keeps one descriptor, and its next transaction brings the others back")
    func descriptors() throws {
        let file = try ParkedFile()
        try file.set(1)
        file.park()
        #expect(file.open == ["", ""])
        #expect(try ParkedFile.number(in: file.writer) == 1)
        #expect(file.open == ["", "", "-shm"])
        try file.set(2)
        #expect(file.open == ["", "", "-shm", "-wal"])
        #expect(try ParkedFile.number(in: file.reader) == 2)
        #expect(file.open == ["", "", "-shm", "-shm", "-wal", "-wal"])
        #expect(file.pool.readings == .init(lent: 2, parked: 0, descriptors: 4))
        file.reader.close()
        file.writer.close()
        #expect(file.open == [])
        #expect(file.pool.readings == .init(lent: 0, parked: 0, descriptors: 0))
    }

    @Test("a connection that was opened and asked for nothing since is parked for others")
    func opened() throws {
        let file = try ParkedFile()
        let unused = try Database(path: file.path)
        _ = try ParkedFile.number(in: unused)
        try unused.lendDescriptors(from: file.pool)
        #expect(file.pool.readings.lent == 3)
        file.park()
        #expect(file.pool.readings == .init(lent: 0, parked: 3, descriptors: 0))
        #expect(try ParkedFile.number(in: unused) == 0)
        unused.close()
    }

    @Test("with parking between any two steps of a writer and a reader, both see each commit and nothing else")
    func everyPlace() throws {
        let file = try ParkedFile()
        var number = 0
        for places in 0..<128 {
            let park = { (place: Int) in if places & 1 << place != 0 { file.park() } }
            park(0)
            try file.writer.beginImmediate()
            park(1)
            number += 1
            try file.writer.execute("UPDATE t SET n = \(number)")
            park(2)
            #expect(try ParkedFile.number(in: file.reader) == number - 1)
            park(3)
            if places % 3 == 0 {
                file.writer.rollback()
                number -= 1
            } else {
                try file.writer.commit()
            }
            park(4)
            #expect(try ParkedFile.number(in: file.reader) == number)
            park(5)
            if places % 16 == 0 { try file.writer.execute("PRAGMA wal_checkpoint(RESTART)") }
            park(6)
            #expect(try ParkedFile.number(in: file.writer) == number)
        }
        file.park()
        file.reader.close()
        file.writer.close()
        #expect(try ParkedFile.number(in: try Database(path: file.path)) == number)
    }

    @Test("a connection with an open statement or transaction isn't parked")
    func notAtRest() throws {
        let file = try ParkedFile()
        try file.writer.beginRead()
        let statement = try file.writer.queryStatement("SELECT n FROM t")
        _ = try statement.step()
        file.park()
        #expect(file.open == ["", "", "-shm"])
        // The transaction ends, the statement keeps its read lock.
        try file.writer.commit()
        file.park()
        #expect(file.open == ["", "", "-shm"])
        statement.reset()
        #expect(try ParkedFile.number(in: file.writer) == 0)
        file.park()
        #expect(file.open == ["", ""])
    }

    @Test("a large WAL with several regions of its index is as good after parking")
    func regions() throws {
        let file = try ParkedFile()
        try file.writer.execute("PRAGMA wal_autocheckpoint = 0")
        try file.writer.execute("CREATE TABLE large (bytes BLOB)")
        for round in 0..<30 {
            try file.writer.write { () throws(StorageError) in
                for _ in 0..<100 { try file.writer.execute("INSERT INTO large VALUES (randomblob(9000))") }
                try file.writer.execute("UPDATE t SET n = \(round)")
            }
            file.park()
            #expect(try ParkedFile.number(in: file.reader) == round)
        }
        #expect(try WriteAheadLog(of: file.writer).size() >= 20_000_000)
        file.park()
        try file.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(try ParkedFile.number(in: file.reader) == 29)
    }

    @Test("a close after parking checkpoints the WAL and cuts it to nothing")
    func closes() throws {
        let file = try ParkedFile()
        try file.set(5)
        file.park()
        file.reader.close()
        file.writer.close()
        let size = try FileManager.default.attributesOfItem(atPath: file.path + "-wal")[.size] as? Int
        #expect(size == 0)
        #expect(try ParkedFile.number(in: try Database(path: file.path)) == 5)
    }

    @Test("to open the WAL again changes neither its inode nor its owner and mode", arguments: [false, true])
    func inode(isSynced: Bool) throws {
        let file = try ParkedFile()
        if !isSynced { try file.writer.execute("PRAGMA synchronous = OFF") }
        try file.set(1)
        let status = { () throws -> [Int] in
            var status = stat()
            #expect(lstat(file.path + "-wal", &status) == 0)
            return [
                Int(status.st_ino), Int(status.st_uid), Int(status.st_gid), Int(status.st_mode),
                status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
        let before = try status()
        for _ in 0..<3 {
            file.park()
            #expect(file.open == ["", ""])
            try file.writer.beginImmediate()
            #expect(file.open == ["", "", "-shm", "-wal"])
            file.writer.rollback()
        }
        #expect(try status() == before)
        file.park()
        try file.writer.execute("PRAGMA synchronous = FULL")
        try file.set(2)
        #expect(file.open == ["", "", "-shm", "-wal"])
        #expect(try ParkedFile.number(in: file.reader) == 2)
    }

    // MARK: Other processes

    @Test("what another process writes while all are parked is seen", .enabled(if: SQLiteShell.isThere))
    func otherWrites() throws {
        let file = try ParkedFile(number: 1)
        for round in 2..<6 {
            file.park()
            #expect(try SQLiteShell.ask("UPDATE t SET n = \(round) RETURNING n;", of: file.path) == "\(round)")
            #expect(try ParkedFile.number(in: file.writer) == round)
            #expect(try ParkedFile.number(in: file.reader) == round)
            try file.set(round * 10)
            #expect(try ParkedFile.number(in: file.reader) == round * 10)
        }
    }

    @Test(
        "a wal-index that others rebuilt to the very state that was known before is still noticed",
        .enabled(if: SQLiteShell.isThere))
    func sameHeader() throws {
        let file = try ParkedFile(number: 1)
        #expect(try ParkedFile.number(in: file.writer) == 1)
        file.park()
        let sql = "UPDATE t SET n = 2; PRAGMA wal_checkpoint(TRUNCATE);"
        #expect(try SQLiteShell.ask(sql, of: file.path) == "0|0|0")
        // As by a process that is the first to use the file: then it finds an empty WAL, and makes the header that the
        // parked ones remember, over other pages.
        let index = try #require(FileHandle(forUpdatingAtPath: file.path + "-shm"))
        try index.truncate(atOffset: 3)
        try index.close()
        #expect(try SQLiteShell.ask("SELECT n FROM t;", of: file.path) == "2")
        #expect(try ParkedFile.number(in: file.writer) == 2)
        #expect(try ParkedFile.number(in: file.reader) == 2)
    }

    @Test("a process that only reads while all are parked changes nothing", .enabled(if: SQLiteShell.isThere))
    func otherReads() throws {
        let file = try ParkedFile()
        try file.set(3)
        file.park()
        #expect(try SQLiteShell.ask("SELECT n FROM t;", of: file.path) == "3")
        #expect(FileManager.default.fileExists(atPath: file.path + "-wal"))
        #expect(try ParkedFile.number(in: file.writer) == 3)
        try file.set(4)
        #expect(try SQLiteShell.ask("SELECT n FROM t;", of: file.path) == "4")
    }

    @Test("a process that stays connected and ours exclude each other's writes", .enabled(if: SQLiteShell.isThere))
    func excludes() throws {
        let file = try ParkedFile()
        file.park()
        let shell = try SQLiteShell(file.path)
        #expect(shell.ask("SELECT n FROM t;") == "0")
        #expect(shell.ask("BEGIN IMMEDIATE; UPDATE t SET n = 1 RETURNING n;") == "1")
        try file.writer.execute("PRAGMA busy_timeout = 0")
        #expect(throws: StorageError.self) { try file.set(2) }
        #expect(try ParkedFile.number(in: file.reader) == 0)
        file.park()
        #expect(shell.ask("COMMIT; SELECT n FROM t;") == "1")
        #expect(try ParkedFile.number(in: file.reader) == 1)
        try file.writer.beginImmediate()
        #expect(shell.ask(".timeout 0\nUPDATE t SET n = 9 RETURNING n;").contains("locked"))
        try file.writer.execute("UPDATE t SET n = 3")
        try file.writer.commit()
        file.park()
        #expect(shell.ask("SELECT n FROM t;") == "3")
        shell.end()
    }

    @Test("a process that is killed while it writes leaves what it had committed", .enabled(if: SQLiteShell.isThere))
    func killed() throws {
        let file = try ParkedFile()
        for round in 1..<5 {
            file.park()
            let shell = try SQLiteShell(file.path)
            #expect(shell.ask("UPDATE t SET n = \(round) RETURNING n;") == "\(round)")
            #expect(shell.ask("BEGIN IMMEDIATE; UPDATE t SET n = 99 RETURNING n;") == "99")
            if round % 2 == 0 { file.park() }
            shell.kill()
            #expect(try ParkedFile.number(in: file.writer) == round)
            #expect(try ParkedFile.number(in: file.reader) == round)
        }
    }

    @Test(
        "a wal-index left by a process that died while it rebuilt it is rebuilt, and nothing wrong is read",
        arguments: [3, 100, 4_096, 32_768, 40_000])
    func diesRebuilding(bytes: Int) throws {
        let file = try ParkedFile()
        try file.set(7)
        file.park()
        let index = try #require(FileHandle(forUpdatingAtPath: file.path + "-shm"))
        try index.truncate(atOffset: 3)
        try index.truncate(atOffset: UInt64(bytes))
        // Half of a header: the first copy, without the second.
        if bytes >= 100 {
            try index.seek(toOffset: 0)
            try index.write(contentsOf: Data([0x18, 0xe2, 0x2d, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1]))
        }
        try index.close()
        #expect(try ParkedFile.number(in: file.reader) == 7)
        #expect(try ParkedFile.number(in: file.writer) == 7)
        try file.set(8)
        file.park()
        #expect(try ParkedFile.number(in: file.reader) == 8)
    }

    @Test("who builds the wal-index anew is waited for")
    func waits() throws {
        let file = try ParkedFile(number: 4)
        file.park()
        let path = file.path
        let other = open(path + "-shm", O_RDWR | O_CLOEXEC)
        #expect(ftruncate(other, 3) == 0)
        #expect(FileLock.take(.exclusive, other, at: WALIndex.lockByte) == .granted)
        // It dies before it has begun, when ours has opened the file and waits.
        let ends = Thread {
            while ParkedFile.open(path).count(where: { $0 == "-shm" }) < 2 { sched_yield() }
            close(other)
        }
        ends.start()
        #expect(try ParkedFile.number(in: file.writer) == 4)
    }

    @Test("another file of the wal-index's or the WAL's name is an error, never read", arguments: ["-shm", "-wal"])
    func replaced(name: String) throws {
        let file = try ParkedFile(number: 4)
        try file.set(5)
        file.park()
        try FileManager.default.moveItem(atPath: file.path + name, toPath: file.path + name + ".old")
        try FileManager.default.copyItem(atPath: file.path + name + ".old", toPath: file.path + name)
        let error = #expect(throws: StorageError.self) { try file.set(6) }
        #expect(error?.code == .io)
        file.writer.close()
        file.reader.close()
        #expect(file.open == [])
    }

    @Test("ten thousand parkings lose neither a number nor a descriptor")
    func many() throws {
        let file = try ParkedFile()
        let random = RemitTesting.SeededRandom(printedAs: "ParkingTests")
        try file.writer.execute("PRAGMA synchronous = OFF")
        var number = 0
        for round in 0..<10_000 {
            if random.isOnce(in: 8) {
                number = round
                try file.set(number)
            }
            if random.isOnce(in: 2) {
                #expect(try ParkedFile.number(in: random.isOnce(in: 2) ? file.reader : file.writer) == number)
            }
            file.park()
        }
        #expect(file.open == ["", ""])
    }
}
