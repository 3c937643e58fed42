import CSQLite
import RemitTesting
import Testing

@testable import RemitStorage

struct FrameGathererTests {
    private let file = RecordedFile()
    private static let frameBytes = 24 + 4_096

    private func header(endsTransaction: Bool) -> [UInt8] {
        [0, 0, 0, 9, 0, 0, endsTransaction ? 1 : 0, endsTransaction ? 200 : 0] + [UInt8](repeating: 7, count: 16)
    }

    /// Writes frames as SQLite does: a header, a page, a header, a page.
    private func writeFrames(_ count: Int, from start: Int, endsTransaction: Bool = true, fill: UInt8 = 1) -> Int32 {
        for index in 0..<count {
            let offset = start + index * Self.frameBytes
            let head = file.write(header(endsTransaction: endsTransaction && index == count - 1), at: offset)
            guard head == SQLITE_OK else { return head }
            let page = file.write([UInt8](repeating: fill &+ UInt8(index % 100), count: 4_096), at: offset + 24)
            guard page == SQLITE_OK else { return page }
        }
        return SQLITE_OK
    }

    /// A log's header, then transactions from byte 32 on.
    private func begin() {
        FrameGatherer.install(before: file.raw)
        #expect(file.write([UInt8](repeating: 3, count: 32), at: 0) == SQLITE_OK)
    }

    @Test("a transaction's frames are one write, made when its last frame is there, before any sync")
    func gathers() {
        begin()
        #expect(writeFrames(8, from: 32) == SQLITE_OK)
        #expect(file.writes == [0..<32, 32..<32 + 8 * Self.frameBytes])
        let next = 32 + 8 * Self.frameBytes
        #expect(writeFrames(1, from: next) == SQLITE_OK)
        #expect(file.writes.last == next..<next + Self.frameBytes)
        #expect(file.sync() == SQLITE_OK)
        #expect(file.calls.last == .sync)
        #expect(file.writes.count == 3)
        #expect(file.close() == SQLITE_OK)
    }

    @Test("a large transaction is several writes, each below the bound and in order")
    func bound() {
        begin()
        #expect(writeFrames(100, from: 32) == SQLITE_OK)
        let end = 32 + 100 * Self.frameBytes
        let writes = file.writes.dropFirst().prefix { $0.lowerBound < end }
        #expect(writes.allSatisfy { $0.count <= FrameGatherer.bytesMax })
        #expect(writes.count == 4)
        #expect(zip(writes, writes.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(writes.last?.upperBound == end)
        #expect(file.close() == SQLITE_OK)
    }

    @Test("whoever reads, syncs, measures, cuts or closes the file finds what was gathered in it", arguments: 0..<5)
    func flushes(way: Int) {
        begin()
        #expect(writeFrames(2, from: 32, endsTransaction: false, fill: 5) == SQLITE_OK)
        #expect(file.writes.count == 1)
        let end = 32 + 2 * Self.frameBytes
        switch way {
        case 0: #expect(file.read(56..<60) == [5, 5, 5, 5])
        case 1: #expect(file.sync() == SQLITE_OK)
        case 2: #expect(file.size() == Int64(end))
        case 3: #expect(file.truncate(to: end) == SQLITE_OK)
        default: break
        }
        #expect(file.writes.count == (way < 4 ? 2 : 1))
        #expect(file.close() == SQLITE_OK)
        #expect(file.writes == [0..<32, 32..<end])
        #expect(file.calls.last == .close)
    }

    @Test("what is written elsewhere, or is larger than a page, isn't gathered and doesn't overtake")
    func writesThrough() {
        begin()
        #expect(writeFrames(3, from: 32, endsTransaction: false) == SQLITE_OK)
        #expect(file.write(header(endsTransaction: false), at: 32) == SQLITE_OK)
        #expect(file.writes.suffix(2) == [32..<32 + 3 * Self.frameBytes, 32..<56])
        #expect(file.write([UInt8](repeating: 0, count: 65_536), at: 56) == SQLITE_OK)
        #expect(file.writes.last == 56..<56 + 65_536)
        #expect(file.close() == SQLITE_OK)
    }

    @Test("a write that fails is told to the transaction that made it, and nothing of it comes later")
    func failure() {
        begin()
        file.failsOnce = true
        #expect(writeFrames(2, from: 32) == SQLITE_FULL)
        #expect(file.sync() == SQLITE_OK)
        #expect(file.writes.count == 1)
        #expect(writeFrames(2, from: 32, fill: 9) == SQLITE_OK)
        #expect(file.content[56] == 9)
        #expect(file.content.count == 32 + 2 * Self.frameBytes)
        #expect(file.close() == SQLITE_OK)
    }

    @Test("any order of writes leaves the same file as without a gatherer, after each end of a transaction")
    func anyOrder() {
        let random = RemitTesting.SeededRandom(printedAs: "FrameGathererTests")
        let plain = RecordedFile()
        FrameGatherer.install(before: file.raw)
        var place = 32
        for step in 0..<600 {
            let bytes: [UInt8]
            switch random.number(in: 0...9) {
            case 0...3: bytes = header(endsTransaction: random.isOnce(in: 4))
            case 4...7: bytes = [UInt8](repeating: UInt8(step % 251), count: 4_096)
            case 8: bytes = [UInt8](repeating: 1, count: random.number(in: 1...9_000))
            default:
                place = random.number(in: 0...max(1, plain.content.count))
                bytes = [UInt8](repeating: 2, count: 24)
            }
            #expect(file.write(bytes, at: place) == SQLITE_OK)
            _ = plain.write(bytes, at: place)
            place += bytes.count
            if random.isOnce(in: 20) { #expect(file.size() >= plain.size()) }
            if random.isOnce(in: 10), file.sync() == SQLITE_OK { expectSame(plain, "step \(step)") }
        }
        #expect(file.close() == SQLITE_OK)
        expectSame(plain, "closed")
    }

    /// The file is as without a gatherer, but for zeros behind it.
    private func expectSame(_ plain: RecordedFile, _ moment: Comment) {
        #expect(file.content.starts(with: plain.content), moment)
        #expect(file.content.dropFirst(plain.content.count).allSatisfy { $0 == 0 }, moment)
    }

    @Test(
        "who makes the file longer leaves as many zeros behind as it has, up to a bound, and none behind the first ones"
    )
    func fillsAhead() {
        begin()
        var end = 32
        var size = 32
        while end < 1_500_000 {
            let writes = file.writes.count
            #expect(writeFrames(7, from: end) == SQLITE_OK)
            end += 7 * Self.frameBytes
            if end > size, end >= FrameGatherer.aheadFromBytes {
                size = end + min(end, Int(FrameGatherer.aheadBytesMax))
                #expect(file.writes[(writes + 1)...].allSatisfy { $0.lowerBound >= end && $0.count < 128 * 1_024 })
            } else {
                size = max(size, end)
                #expect(file.writes.count == writes + 1)
            }
            #expect(file.content.count == size)
            #expect(file.content[end...].allSatisfy { $0 == 0 })
        }
        #expect(file.close() == SQLITE_OK)
    }

    @Test("a file that was cut is measured anew, and one that has a checkpoint's worth isn't filled any more")
    func fillsAheadAnew() {
        begin()
        #expect(writeFrames(20, from: 32) == SQLITE_OK)
        let size = file.content.count
        #expect(file.truncate(to: 0) == SQLITE_OK)
        #expect(writeFrames(20, from: 32) == SQLITE_OK)
        #expect(file.content.count == size)
        let end = Int(WriteAheadLog.prewarmedBytes)
        #expect(writeFrames(2, from: end - Self.frameBytes) == SQLITE_OK)
        #expect(writeFrames(2, from: end + Self.frameBytes) == SQLITE_OK)
        #expect(file.content.count == end + 3 * Self.frameBytes)
        #expect(file.close() == SQLITE_OK)
    }

    @Test("a disk that is full for the zeros isn't for the transaction")
    func fullDisk() {
        begin()
        #expect(writeFrames(19, from: 32, endsTransaction: false) == SQLITE_OK)
        #expect(file.size() == Int64(32 + 19 * Self.frameBytes))
        let end = 32 + 20 * Self.frameBytes
        file.sizeMax = end + 70_000
        #expect(writeFrames(1, from: end - Self.frameBytes) == SQLITE_OK)
        #expect(file.content.count == end + 65_536)
        #expect(file.sync() == SQLITE_OK)
        #expect(file.close() == SQLITE_OK)
    }

    @Test(
        "other connections see each commit at once, whatever the cache spills and whether it syncs",
        arguments: ["FULL", "NORMAL", "OFF"])
    func database(synchronous: String) throws {
        let random = RemitTesting.SeededRandom(printedAs: "FrameGathererTests, \(synchronous)")
        let folder = try TemporaryDirectory()
        var options = Database.Options()
        options.creates = true
        // So small that a transaction's pages reach the log before it ends, and are written there twice.
        options.cacheKibibytes = 40
        let path = folder.file("gathered.sqlite")
        let writer = try Database(path: path, options: options)
        try writer.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB) STRICT")
        try writer.execute("PRAGMA synchronous = \(synchronous)")
        try writer.gatherWrites()
        let reader = try Database(path: path)
        var count = 0
        for round in 0..<60 {
            let rows = random.pick([1, 3, 40, 400])
            try writer.beginImmediate()
            for _ in 0..<rows { try writer.execute("INSERT INTO t (bytes) VALUES (randomblob(700))") }
            try writer.execute("UPDATE t SET bytes = randomblob(600) WHERE n % 7 = \(round % 7)")
            #expect(try number("SELECT count(*) FROM t", in: reader) == count)
            if random.isOnce(in: 4) {
                writer.rollback()
            } else {
                try writer.commit()
                count += rows
            }
            #expect(try number("SELECT count(*) FROM t", in: reader) == count)
        }
        #expect(try number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'", in: reader) == 1)
        reader.close()
        writer.close()
        let reopened = try Database(path: path)
        #expect(try number("SELECT count(*) FROM t", in: reopened) == count)
        reopened.close()
    }

    private func number(_ sql: String, in database: Database) throws -> Int {
        let statement = try database.queryStatement(sql)
        defer { statement.reset() }
        return try statement.step() ? Int(statement.int64()) : -1
    }
}
