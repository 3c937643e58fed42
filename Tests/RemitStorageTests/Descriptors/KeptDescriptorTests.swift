import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

/// What a closed reader's connection leaves behind: nothing.
struct KeptDescriptorTests {
    @Test("a closed reader leaves no descriptor, parked or not", arguments: [false, true])
    func dropped(isParked: Bool) throws {
        let file = try ParkedFile()
        try file.set(1)
        #expect(try ParkedFile.number(in: file.reader) == 1)
        file.reader.close()
        if isParked { file.park() }
        #expect(file.open.count { $0.isEmpty } == 1)
        file.park()
        #expect(file.open == [""])
        try file.set(2)
        #expect(try ParkedFile.number(in: file.writer) == 2)
    }

    @Test("a hundred readers that come and go leave nothing, and each sees what is committed")
    func many() throws {
        let file = try ParkedFile()
        file.reader.close()
        for round in 0..<100 {
            try file.set(round)
            let reader = try ParkedFile.open(file.path, file.pool, writes: false)
            #expect(try ParkedFile.number(in: reader) == round)
            reader.close()
            if round % 2 == 0 { file.park() }
            #expect(file.open.count { $0.isEmpty } == 1)
        }
        file.writer.close()
        #expect(file.open == [])
        #expect(try ParkedFile.number(in: try Database(path: file.path)) == 99)
    }

    @Test(
        "the writer still has its lock: another process that closes isn't the last",
        .enabled(if: SQLiteShell.isThere))
    func keepsLock() throws {
        let file = try ParkedFile()
        try file.set(3)
        let shell = try SQLiteShell(file.path)
        #expect(shell.ask("SELECT n FROM t;") == "3")
        file.reader.close()
        #expect(file.open.count { $0.isEmpty } == 1)
        shell.end()
        #expect(FileManager.default.fileExists(atPath: file.path + "-wal"))
        #expect(FileManager.default.fileExists(atPath: file.path + "-shm"))
        #expect(try SQLiteShell.ask("UPDATE t SET n = 4 RETURNING n;", of: file.path) == "4")
        #expect(FileManager.default.fileExists(atPath: file.path + "-wal"))
        #expect(try ParkedFile.number(in: file.writer) == 4)
    }
}
