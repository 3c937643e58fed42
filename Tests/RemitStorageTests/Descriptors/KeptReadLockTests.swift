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

    /// How many frames the wal-index says are committed, and the readers' marks of the locks that somebody holds.
    private func marks(_ file: ParkedFile) throws -> (committed: UInt32, held: [UInt32]) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file.path + "-shm"))
        let word = { (place: Int) in
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        }
        let first = WALIndex.lockByte + 3
        return (word(WALIndex.framesOffset), held(file).map { word(WALIndex.marksOffset + 4 * ($0 - first)) })
    }

    @Test("the mark of the lock that is kept follows what is committed at a bounded distance, seldom")
    func follows() throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        var seen: Set<UInt32> = []
        for number in 1...600 {
            try file.set(number)
            let (committed, held) = try marks(file)
            let mark = try #require(held.count == 1 ? held.first : nil)
            #expect(mark <= committed)
            // Under it is read from before the commit, which has a frame or two.
            #expect(committed - mark <= WALIndex.framesBehindMax + 2)
            seen.insert(mark)
            #expect(try ParkedFile.number(in: file.writer) == number)
        }
        #expect((3...5).contains(seen.count))
        // Its own checkpoint isn't held up by it: the next commit begins the WAL anew.
        file.writer.checkpoint()
        #expect(held(file) == [])
        try file.set(601)
        #expect(try marks(file).committed <= 2)
        #expect(try ParkedFile.number(in: file.reader) == 601)
    }

    @Test(
        "another process copies the WAL back up to the mark that is kept, and no further",
        .enabled(if: SQLiteShell.isThere))
    func copiesBack() throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        let shell = try SQLiteShell(file.path)
        defer { shell.end() }
        for number in 1...400 {
            try file.set(number)
            guard number % 40 == 0 else { continue }
            let mark = try #require(try marks(file).held.max())
            let found = shell.ask("PRAGMA wal_checkpoint(PASSIVE);").split(separator: "|").compactMap { UInt32($0) }
            #expect(found.count == 3 && found[0] == 0 && found[2] == mark)
            #expect(shell.ask("SELECT n FROM t;") == "\(number)")
            #expect(try ParkedFile.number(in: file.writer) == number)
            #expect(try ParkedFile.number(in: file.reader) == number)
        }
    }

    @Test(
        "another process in the middle of a read keeps its moment under the same mark, whoever copies back",
        .enabled(if: SQLiteShell.isThere))
    func sharedMark() throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        let (reading, copying) = (try SQLiteShell(file.path), try SQLiteShell(file.path))
        for round in 1...20 {
            try file.set(round * 100)
            #expect(reading.ask("BEGIN; SELECT n FROM t;") == "\(round * 100)")
            for step in 1...30 { try file.set(round * 100 + step) }
            #expect(copying.ask("PRAGMA wal_checkpoint(PASSIVE);").hasPrefix("0|"))
            if round % 2 == 0 { file.writer.checkpoint() }
            try file.set(round * 100 + 31)
            #expect(reading.ask("SELECT n FROM t; COMMIT;") == "\(round * 100)")
            #expect(reading.ask("SELECT n FROM t;") == "\(round * 100 + 31)")
            #expect(try ParkedFile.number(in: file.writer) == round * 100 + 31)
        }
        reading.end()
        copying.end()
    }

    @Test(
        "where a header was left half written, whoever reads next makes it anew beside a lock that is kept",
        .enabled(if: SQLiteShell.isThere), arguments: [false, true])
    func madeAnew(byOther: Bool) throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        let shell = try SQLiteShell(file.path)
        #expect(shell.ask("SELECT n FROM t;") == "0")
        for round in 1...10 {
            for step in 1...10 { try file.set(round * 10 + step) }
            #expect(!held(file).isEmpty)
            let index = open(file.path + "-shm", O_RDWR | O_CLOEXEC)
            var broken: UInt32 = 0xDEAD
            #expect(pwrite(index, &broken, 4, WALIndex.framesOffset) == 4)
            close(index)
            if byOther { #expect(shell.ask("SELECT n FROM t;") == "\(round * 10 + 10)") }
            #expect(try ParkedFile.number(in: file.writer) == round * 10 + 10)
            #expect(try ParkedFile.number(in: file.reader) == round * 10 + 10)
            #expect(shell.ask("UPDATE t SET n = 1 RETURNING n;") == "1")
            #expect(try ParkedFile.number(in: file.writer) == 1)
        }
        shell.end()
    }

    @Test("whatever connections and another process do in turn, all pages that a reader sees are of one commit")
    func interleaved() throws {
        let file = try ParkedFile()
        file.writer.leaveCheckpointsToOwner()
        try file.writer.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, n INTEGER, filling BLOB)")
        for _ in 0..<12 { try file.writer.execute("INSERT INTO page VALUES (NULL, 0, zeroblob(1500))") }
        let readers = try (0..<3).map { _ in try ParkedFile.open(file.path, file.pool, writes: false) }
        let other = try SQLiteShell.isThere ? SQLiteShell(file.path) : nil
        let random = RemitTesting.SeededRandom(printedAs: "KeptReadLockTests")
        let seen = { (database: Database) throws -> [Int] in
            let statement = try database.queryStatement("SELECT min(n), max(n), count(*) FROM page")
            defer { statement.reset() }
            _ = try statement.step()
            return [Int(statement.int64()), Int(statement.int64()), Int(statement.int64())]
        }
        var number = 0
        var moments: [Int?] = [nil, nil, nil]
        for _ in 0..<2_000 {
            switch random.number(in: 0...11) {
            case 0..<5:
                number += 1
                try file.writer.write { () throws(StorageError) in
                    try file.writer.execute("UPDATE page SET n = \(number)")
                }
            case 5:
                try file.writer.beginRead()
                #expect(try seen(file.writer) == [number, number, 12])
                file.writer.rollback()
            case 6: file.writer.checkpoint()
            case 7: file.park()
            case 8 where other != nil:
                let what = random.pick(["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
                _ = other?.ask(".timeout 0\nPRAGMA wal_checkpoint(\(what));")
            case 9 where other != nil:
                number += 1
                #expect(other?.ask("UPDATE page SET n = \(number); SELECT changes();") == "12")
            case 10 where other != nil:
                #expect(other?.ask("SELECT min(n), max(n), count(*) FROM page;") == "\(number)|\(number)|12")
            default:
                let place = random.number(in: 0...2)
                let reader = readers[place]
                if let moment = moments[place] {
                    #expect(try seen(reader) == [moment, moment, 12])
                    guard random.isOnce(in: 3) else { continue }
                    reader.rollback()
                    moments[place] = nil
                } else {
                    try reader.beginRead()
                    #expect(try seen(reader) == [number, number, 12])
                    moments[place] = number
                }
            }
        }
        for reader in readers {
            reader.rollback()
            reader.close()
        }
        other?.end()
        file.writer.close()
        let whole = try Database(path: file.path)
        #expect(try whole.once("PRAGMA integrity_check") { $0.text() } == "ok")
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
