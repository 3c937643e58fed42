internal import CSQLite
import Synchronization

/// Gathers what SQLite writes to a WAL: a transaction's frames reach the system in one write, not two for each page.
///
/// It stands between one connection and its WAL's file, and belongs to that connection's thread. The file is as SQLite
/// wrote it before SQLite can learn that a write, a read, a sync or a measuring after it has succeeded, with one
/// exception: frames of a transaction that hasn't ended, which nobody else looks for. The frame that ends a transaction
/// takes along all before it, so that the file has them before anyone is told of it, whatever `synchronous` says.
///
/// A transaction that made the file longer is followed by zeros, up to twice its size and ``aheadBytesMax`` at most: the
/// next ones fit in, and their syncs have data to write but no new size. They come under the transaction's own lock,
/// behind its last frame, where nothing is that counts.
final class FrameGatherer {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// What is gathered at most: SQLite's unix files take less than 128 KiB at a time; 59 frames fit.
    static let bytesMax = 120 * 1_024
    /// Zeros that a transaction leaves behind it at most, when it has made the file longer.
    static let aheadBytesMax: Int64 = 256 * 1_024
    /// A file that ends before isn't filled ahead: most tenants write once or twice while they are open.
    static let aheadFromBytes: Int64 = 48 * 1_024
    /// What is larger is written through: only frames are gathered, whose pages have 2 KiB, or 4 KiB in older files.
    private static let pieceBytesMax = 4_096
    private static let frameHeaderBytes = 24

    /// What the file's `pMethods` points to: the methods come first, and who they work for is found behind them.
    private struct Table {
        var methods: sqlite3_io_methods
        var gatherer: Unmanaged<FrameGatherer>
    }

    /// The file's own methods.
    private let inner: UnsafePointer<sqlite3_io_methods>
    /// What was gathered lies in the first `count` bytes; nil while there is nothing.
    private var buffer: Buffer?
    private var count = 0
    /// Where the gathered bytes begin in the file.
    private var start: Int64 = 0
    /// Where the last write ended; what begins elsewhere isn't gathered.
    private var end: Int64 = -1
    /// The file's size as this connection knows it; nil: the file is to be asked.
    private var size: Int64?
    /// Whether the frame whose header was written last ends its transaction.
    private var endsTransaction = false
    /// Whether what was written last is the end of a transaction, which is to be synced next.
    private var hasEnded = false
    /// Whether the COMMIT that runs now leaves its sync to a journal; its owner sets it for that time.
    ///
    /// A sync before the transaction's last frame isn't left out: a WAL that begins anew needs its header's.
    var leavesSyncOfCommit = false

    private init(inner: UnsafePointer<sqlite3_io_methods>) {
        self.inner = inner
    }

    /// Puts a gatherer before an open WAL; it goes when the file is closed.
    @discardableResult
    static func install(before file: File) -> FrameGatherer {
        guard let inner = file.pointee.pMethods else { preconditionFailure("The methods of a closed file were asked.") }
        var methods = inner.pointee
        methods.xClose = { FrameGatherer.close($0) }
        methods.xRead = { file, bytes, count, offset in
            FrameGatherer.flushed(file) { $1.pointee.xRead($0, bytes, count, offset) }
        }
        methods.xWrite = { file, bytes, count, offset in
            guard let file, let bytes else { return SQLITE_IOERR }
            return FrameGatherer.of(file).write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), offset, file)
        }
        methods.xTruncate = { file, size in
            if let file { FrameGatherer.of(file).size = nil }
            return FrameGatherer.flushed(file) { $1.pointee.xTruncate($0, size) }
        }
        methods.xSync = { file, flags in
            FrameGatherer.flushed(file) { FrameGatherer.of($0).sync(flags, $0, $1) }
        }
        methods.xFileSize = { file, size in FrameGatherer.flushed(file) { $1.pointee.xFileSize($0, size) } }
        let table = UnsafeMutablePointer<Table>.allocate(capacity: 1)
        let gatherer = FrameGatherer(inner: inner)
        table.initialize(to: Table(methods: methods, gatherer: .passRetained(gatherer)))
        file.pointee.pMethods = UnsafeRawPointer(table).assumingMemoryBound(to: sqlite3_io_methods.self)
        return gatherer
    }

    private static func table(of file: File) -> UnsafeMutablePointer<Table> {
        guard let methods = file.pointee.pMethods else { preconditionFailure("A closed WAL was used.") }
        return UnsafeMutableRawPointer(mutating: methods).assumingMemoryBound(to: Table.self)
    }

    private static func of(_ file: File) -> FrameGatherer {
        table(of: file).pointee.gatherer.takeUnretainedValue()
    }

    private static func flushed(
        _ file: File?, _ body: (File, UnsafePointer<sqlite3_io_methods>) -> Int32
    ) -> Int32 {
        guard let file else { return SQLITE_IOERR }
        let gatherer = of(file)
        let code = gatherer.flush(file)
        return code == SQLITE_OK ? body(file, gatherer.inner) : code
    }

    private static func close(_ file: File?) -> Int32 {
        guard let file else { return SQLITE_IOERR }
        let table = table(of: file)
        let gatherer = table.pointee.gatherer.takeRetainedValue()
        // What is left belongs to a transaction that never ended: its loss is no error.
        _ = gatherer.flush(file)
        file.pointee.pMethods = gatherer.inner
        table.deallocate()
        return gatherer.inner.pointee.xClose(file)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, _ offset: Int64, _ file: File) -> Int32 {
        let isNext = offset == end
        hasEnded = false
        end = offset + Int64(bytes.count)
        let isHeader = bytes.count == Self.frameHeaderBytes
        let isLast = endsTransaction && !isHeader
        // The header's second word is the database's size after a commit, and 0 before one.
        endsTransaction = isHeader && bytes[4..<8].contains { $0 != 0 }
        guard isNext, bytes.count <= Self.pieceBytesMax else {
            let code = flush(file)
            guard code == SQLITE_OK else { return code }
            return writeThrough(bytes, offset, file)
        }
        if count + bytes.count > Self.bytesMax {
            let code = flush(file)
            guard code == SQLITE_OK else { return code }
        }
        gather(bytes, offset)
        guard isLast else { return SQLITE_OK }
        let code = flush(file)
        if code == SQLITE_OK, !leavesSyncOfCommit { fillAhead(file) }
        hasEnded = code == SQLITE_OK
        return code
    }

    private func sync(_ flags: Int32, _ file: File, _ inner: UnsafePointer<sqlite3_io_methods>) -> Int32 {
        if leavesSyncOfCommit, hasEnded { return SQLITE_OK }
        return inner.pointee.xSync(file, flags)
    }

    private func writeThrough(_ bytes: UnsafeRawBufferPointer, _ offset: Int64, _ file: File) -> Int32 {
        let code = inner.pointee.xWrite(file, bytes.baseAddress, Int32(bytes.count), offset)
        if code == SQLITE_OK, let size { self.size = max(size, offset + Int64(bytes.count)) }
        return code
    }

    /// After a transaction's last frame: if it ends where the file does, the file gets zeros behind it.
    ///
    /// A disk that is full for them isn't for the transaction: what can't be written is left.
    private func fillAhead(_ file: File) {
        if size == nil {
            var found: Int64 = 0
            guard inner.pointee.xFileSize(file, &found) == SQLITE_OK else { return }
            size = found
        }
        guard let size, end >= size, end >= Self.aheadFromBytes else { return }
        var offset = end
        let goal = min(end + min(end, Self.aheadBytesMax), WriteAheadLog.prewarmedBytes)
        while offset < goal {
            let bytes = UnsafeRawBufferPointer(
                start: Self.zeros.baseAddress, count: Int(min(Int64(Self.zeros.count), goal - offset)))
            guard writeThrough(bytes, offset, file) == SQLITE_OK else { return }
            offset += Int64(bytes.count)
        }
    }

    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let zeros: UnsafeRawBufferPointer = {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1_024, alignment: 4_096)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(memory)
    }()

    private func gather(_ bytes: UnsafeRawBufferPointer, _ offset: Int64) {
        let buffer = self.buffer ?? Buffer.take()
        self.buffer = buffer
        if count == 0 { start = offset }
        UnsafeMutableRawBufferPointer(rebasing: buffer.memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Writes what was gathered; when that fails it is forgotten, as the transaction is.
    private func flush(_ file: File) -> Int32 {
        guard let buffer else { return SQLITE_OK }
        let code = writeThrough(
            UnsafeRawBufferPointer(rebasing: buffer.memory[..<count]), start, file)
        Buffer.giveBack(buffer)
        self.buffer = nil
        count = 0
        if code != SQLITE_OK { end = -1 }
        return code
    }

    deinit {
        if let buffer { Buffer.giveBack(buffer) }
    }

    /// Memory for one gatherer while it has something: as many as transactions end at the same time, not one for each tenant.
    // @unchecked: its memory belongs to whoever has taken it.
    private final class Buffer: @unchecked Sendable {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 16)

        private static let spare = Mutex<[Buffer]>([])

        static func take() -> Buffer {
            spare.withLock { $0.popLast() } ?? Buffer()
        }

        static func giveBack(_ buffer: Buffer) {
            spare.withLock { $0.append(buffer) }
        }

        deinit { memory.deallocate() }
    }
}
