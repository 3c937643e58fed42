import CSQLite

/// A file of SQLite's that lies in memory and remembers what was asked of it.
final class RecordedFile {
    enum Call: Hashable, Sendable {
        case write(Range<Int>)
        case read
        case sync
        case size
        case truncate
        case close
    }

    private struct Header {
        var base: sqlite3_file
        var file: Unmanaged<RecordedFile>
    }

    let raw: UnsafeMutablePointer<sqlite3_file>
    private(set) var calls: [Call] = []
    private(set) var content: [UInt8] = []
    /// The next write fails.
    var failsOnce = false
    /// What doesn't fit fails.
    var sizeMax = Int.max

    init() {
        let memory = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        raw = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_file.self)
        memory.initialize(
            to: Header(
                base: sqlite3_file(pMethods: UnsafePointer(Self.methods)), file: Unmanaged.passUnretained(self)))
    }

    deinit { raw.deallocate() }

    var writes: [Range<Int>] {
        calls.compactMap { if case .write(let range) = $0 { range } else { nil } }
    }

    /// What SQLite would do with the file, through whatever stands before it.
    func write(_ bytes: [UInt8], at offset: Int) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            raw.pointee.pMethods.pointee.xWrite(raw, bytes.baseAddress, Int32(bytes.count), Int64(offset))
        }
    }

    func read(_ range: Range<Int>) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let code = bytes.withUnsafeMutableBytes {
            raw.pointee.pMethods.pointee.xRead(raw, $0.baseAddress, Int32($0.count), Int64(range.lowerBound))
        }
        return code == SQLITE_OK ? bytes : nil
    }

    func sync() -> Int32 { raw.pointee.pMethods.pointee.xSync(raw, SQLITE_SYNC_NORMAL) }

    func size() -> Int64 {
        var size: Int64 = -1
        _ = raw.pointee.pMethods.pointee.xFileSize(raw, &size)
        return size
    }

    func truncate(to size: Int) -> Int32 { raw.pointee.pMethods.pointee.xTruncate(raw, Int64(size)) }

    func close() -> Int32 { raw.pointee.pMethods.pointee.xClose(raw) }

    private func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        if failsOnce {
            failsOnce = false
            return SQLITE_FULL
        }
        guard offset + bytes.count <= sizeMax else { return SQLITE_FULL }
        calls.append(.write(offset..<offset + bytes.count))
        if content.count < offset + bytes.count {
            content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
        }
        content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return SQLITE_OK
    }

    private static func of(_ raw: UnsafeMutablePointer<sqlite3_file>?) -> RecordedFile? {
        raw.map {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: Header.self).pointee.file.takeUnretainedValue()
        }
    }

    // Reason: made once, under Swift's lock for globals; never freed, never changed.
    nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 1
        methods.pointee.xWrite = { raw, bytes, count, offset in
            guard let file = RecordedFile.of(raw) else { return SQLITE_MISUSE }
            return file.take(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
        }
        methods.pointee.xRead = { raw, bytes, count, offset in
            guard let file = RecordedFile.of(raw), let bytes else { return SQLITE_MISUSE }
            file.calls.append(.read)
            let range = Int(offset)..<Int(offset) + Int(count)
            guard range.upperBound <= file.content.count else { return SQLITE_IOERR }
            UnsafeMutableRawBufferPointer(start: bytes, count: range.count).copyBytes(from: file.content[range])
            return SQLITE_OK
        }
        methods.pointee.xSync = { raw, _ in RecordedFile.note(.sync, raw) }
        methods.pointee.xClose = { raw in RecordedFile.note(.close, raw) }
        methods.pointee.xFileSize = { raw, size in
            guard let file = RecordedFile.of(raw) else { return SQLITE_MISUSE }
            size?.pointee = Int64(file.content.count)
            return RecordedFile.note(.size, raw)
        }
        methods.pointee.xTruncate = { raw, size in
            guard let file = RecordedFile.of(raw) else { return SQLITE_MISUSE }
            file.content.removeLast(max(0, file.content.count - Int(size)))
            return RecordedFile.note(.truncate, raw)
        }
        return methods
    }()

    private static func note(_ call: Call, _ raw: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        of(raw)?.calls.append(call)
        return SQLITE_OK
    }
}
