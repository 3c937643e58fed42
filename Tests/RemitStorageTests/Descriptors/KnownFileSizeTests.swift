import Foundation
import RemitTesting
import Testing

@testable import RemitStorage

struct KnownFileSizeTests {
    /// A header of a wal-index in both copies, from its 32-bit words.
    private func header(_ words: [Int: UInt32], second: [Int: UInt32] = [:]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 96)
        for (place, word) in words {
            for copy in [0, 48] {
                withUnsafeBytes(of: word) { bytes.replaceSubrange(copy + place..<copy + place + 4, with: $0) }
            }
        }
        for (place, word) in second {
            withUnsafeBytes(of: word) { bytes.replaceSubrange(48 + place..<48 + place + 4, with: $0) }
        }
        return bytes
    }

    private func known(_ asked: [UInt8], then present: [UInt8]) -> Int64? {
        var size = KnownFileSize()
        asked.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            size.begin(start)
            size.end(8_192, start)
        }
        return present.withUnsafeBytes { $0.baseAddress.flatMap { size.known(by: $0) } }
    }

    @Test("a size is known under a valid header without commits, and under no other than that")
    func header() {
        let empty = header([0: 3_007_000, 12: 1, 32: 7, 40: 9])
        #expect(known(empty, then: empty) == 8_192)
        #expect(known(empty, then: header([0: 3_007_000, 12: 1, 32: 8, 40: 9])) == nil)
        #expect(known(empty, then: header([0: 3_007_000, 12: 1, 32: 7, 40: 9], second: [8: 1])) == nil)
        let others: [[UInt8]] = [
            header([0: 3_007_000, 12: 0, 32: 7, 40: 9]), header([0: 3_007_000, 12: 1, 16: 4, 20: 2, 40: 9]),
            header([0: 3_007_000, 12: 1, 20: 2, 40: 9]), header([0: 3_007_000, 12: 1, 40: 9], second: [40: 8]),
        ]
        for other in others { #expect(known(other, then: other) == nil) }
    }

    @Test("a header that changes while the file is asked, or is made anew, makes nothing known")
    func changes() {
        var size = KnownFileSize()
        let empty = header([12: 1, 40: 9])
        let changed = header([12: 1, 40: 10])
        empty.withUnsafeBytes { bytes in if let start = bytes.baseAddress { size.begin(start) } }
        changed.withUnsafeBytes { bytes in if let start = bytes.baseAddress { size.end(4_096, start) } }
        #expect(changed.withUnsafeBytes { $0.baseAddress.flatMap { size.known(by: $0) } } == nil)
        #expect(empty.withUnsafeBytes { $0.baseAddress.flatMap { size.known(by: $0) } } == nil)
        empty.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            size.begin(start)
            size.end(4_096, start)
            #expect(size.known(by: start) == 4_096)
            size.forget()
            #expect(size.known(by: start) == nil)
        }
    }

    @Test(
        "a database that others made larger, or smaller, is read whole", .enabled(if: SQLiteShell.isThere),
        arguments: [false, true])
    func others(parks: Bool) throws {
        let file = try ParkedFile(number: 1)
        #expect(try ParkedFile.number(in: file.writer) == 1)
        let fill = "INSERT INTO t SELECT value, 5 FROM generate_series(2, 5000);"
        let steps = [(fill, 5_000), ("DELETE FROM t WHERE id > 1; VACUUM;", 1), (fill, 5_000)]
        for (sql, rows) in steps {
            file.writer.giveUpReadLock()
            if parks { file.park() }
            let text = sql + " PRAGMA wal_checkpoint(TRUNCATE);"
            #expect(try SQLiteShell.ask(text, of: file.path) == "0|0|0")
            if parks {
                // As by a process that is the first to use the file: the header is made anew, from an empty WAL.
                let index = try #require(FileHandle(forUpdatingAtPath: file.path + "-shm"))
                try index.truncate(atOffset: 3)
                try index.close()
                #expect(try SQLiteShell.ask("SELECT count(*) FROM t;", of: file.path) == "\(rows)")
            }
            for database in [file.writer, file.reader] {
                try database.beginRead()
                defer { database.rollback() }
                let count = try database.once("SELECT count(*) FROM t") { Int($0.int64()) }
                #expect(count == rows)
                #expect(try database.once("PRAGMA integrity_check") { $0.text() } == "ok")
            }
        }
    }
}
