/// Bytes of a file, read as they are asked for.
final class FileWindow {
    /// What is read ahead where a file is read from its beginning to its end.
    static let aheadBytes = 256 * 1_024

    let size: Int64
    private let file: JournalFile
    private let ahead: Int
    private var memory: UnsafeMutableRawBufferPointer
    /// What of the file lies in the memory.
    private var start: Int64 = 0
    private var count = 0

    init(_ file: JournalFile, ahead: Int) throws(StorageError) {
        self.file = file
        self.ahead = ahead
        size = try file.size()
        memory = .allocate(byteCount: 64 * 1_024, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Bytes of the file, which stay until others are asked for; nil: it ends before.
    func bytes(at offset: Int64, count wanted: Int) throws(StorageError) -> UnsafeRawBufferPointer? {
        guard offset >= 0, wanted >= 0, offset <= size, Int64(wanted) <= size - offset else { return nil }
        if offset < start || offset + Int64(wanted) > start + Int64(count) {
            try read(at: offset, count: Int(min(size - offset, Int64(max(wanted, ahead)))))
        }
        let skipped = Int(offset - start)
        return UnsafeRawBufferPointer(rebasing: memory[skipped..<skipped + wanted])
    }

    private func read(at offset: Int64, count wanted: Int) throws(StorageError) {
        if memory.count < wanted {
            memory.deallocate()
            memory = .allocate(byteCount: wanted, alignment: 16)
        }
        // What is there when the read fails is nobody's.
        count = 0
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<wanted]), at: offset)
        start = offset
        count = wanted
    }
}
