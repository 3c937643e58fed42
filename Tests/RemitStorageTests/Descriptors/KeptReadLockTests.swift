import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

struct KeptReadLockTests {
    /// Those of the wal-index's first reader, who needs nothing of the WAL, and of the others.
    private static let readBytes = WALIndex.lockByte + 3...WALIndex.lockByte + 7

    /// The bytes of readers' locks that somebody holds, asked through a descriptor of its own.
    private func held(_ file: ParkedFile) -> [Int] {
        let other = open(file.path + "-shm", O_RDWR | O_CLOEXEC)
        defer { close(other) }
        return Self.readBytes.filter { FileLock.others(other, at: $0).kind != nil }
    }

    /// What another connection's attempt to cut the WAL says: whether others are in its way.
    private func isBlocked(_ file: ParkedFile) throws -> Bool {
        let other = try Database(path: file.path)
        defer { other.close() }
        try other.execute("PRAGMA busy_timeout = 0")
        return try other.once("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int64() != 0 } ?? true
    }

    @Test("the lock of a read stays for the next, and nobody's of one that only reads")
    func keeps() throws {
        let file = try ParkedFile()
        #expect(held(file) == [WALIndex.lockByte + 3])
        file.writer.giveUpReadLock()
        #expect(held(file) == [])
        #expect(try ParkedFile.number(in: file.reader) == 0)
        #expect(held(file) == [])
        #expect(try ParkedFile.number(in: file.writer) == 0)
        #expect(held(file) == [WALIndex.lockByte + 3])
        try file.set(1)
        #expect(held(file).count == 1)
        #expect(held(file) != [WALIndex.lockByte + 3])
    }

    @Test("what rests, is parked or is closed keeps no lock")
    func givesUp() throws {
        let file = try ParkedFile()
        for number in 1..<4 {
            try file.set(number)
            #expect(!held(file).isEmpty)
            switch number {
            case 1: file.writer.rest()
            case 2: file.park()
            default: file.writer.close()
            }
            #expect(held(file) == [])
        }
        // Once more while it is parked: there is nothing to give up, and it stays parked.
        let parked = try ParkedFile()
        parked.park()
        parked.writer.giveUpReadLock()
        #expect(parked.open == ["", ""])
        #expect(try ParkedFile.number(in: parked.writer) == 0)
    }

    @Test("others can't cut the WAL under a lock that is kept, and can once it is given up")
    func blocksOthers() throws {
        let file = try ParkedFile()
        try file.set(1)
        #expect(try isBlocked(file))
        file.writer.giveUpReadLock()
        #expect(try isBlocked(file) == false)
        #expect(try ParkedFile.number(in: file.writer) == 1)
        try file.set(2)
        #expect(try isBlocked(file))
        file.park()
        #expect(try isBlocked(file) == false)
        #expect(try ParkedFile.number(in: file.writer) == 2)
    }

    @Test("a reader beside the writer sees each commit, and its reading lets the writer begin the WAL anew")
    func restarts() throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        for number in 1..<200 {
            try file.set(number)
            #expect(try ParkedFile.number(in: file.reader) == number)
            #expect(try ParkedFile.number(in: file.writer) == number)
            if number % 10 == 0 { file.writer.checkpoint() }
        }
        // A frame has 4,120 bytes, and a checkpoint comes after ten.
        #expect(try WriteAheadLog(of: file.writer).size() < 20 * 4_120)
    }

    @Test("a reader in the middle of a read keeps its moment while the writer goes on, and is in nobody's way then")
    func snapshots() throws {
        let file = try ParkedFile()
        for number in stride(from: 1, to: 40, by: 2) {
            try file.set(number)
            try file.reader.beginRead()
            let statement = try file.reader.queryStatement("SELECT n FROM t")
            _ = try statement.step()
            try file.set(number + 1)
            file.writer.checkpoint()
            #expect(Int(statement.int64()) == number)
            #expect(try ParkedFile.number(in: file.writer) == number + 1)
            statement.reset()
            file.reader.rollback()
            #expect(try ParkedFile.number(in: file.reader) == number + 1)
        }
    }

    @Test(
        "another process reads, writes, copies and, after a rest, cuts the WAL of a database that was just used",
        .enabled(if: SQLiteShell.isThere))
    func otherProcess() throws {
        let file = try ParkedFile(number: 1)
        let shell = try SQLiteShell(file.path)
        for round in 1..<6 {
            try file.set(round * 10)
            #expect(shell.ask("SELECT n FROM t;") == "\(round * 10)")
            #expect(shell.ask("UPDATE t SET n = \(round * 10 + 1) RETURNING n;") == "\(round * 10 + 1)")
            #expect(try ParkedFile.number(in: file.writer) == round * 10 + 1)
            let copy = file.folder.file("copy\(round).sqlite")
            #expect(shell.ask("VACUUM INTO '\(copy)'; SELECT 'done';") == "done")
            #expect(try ParkedFile.number(in: try Database(path: copy)) == round * 10 + 1)
            #expect(shell.ask(".timeout 0\nPRAGMA wal_checkpoint(TRUNCATE);").hasPrefix("1|"))
            file.writer.rest()
            #expect(shell.ask("PRAGMA wal_checkpoint(TRUNCATE);") == "0|0|0")
            #expect(try ParkedFile.number(in: file.writer) == round * 10 + 1)
        }
        shell.end()
    }
}
