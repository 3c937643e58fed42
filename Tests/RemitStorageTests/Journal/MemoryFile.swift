import CSQLite
import Synchronization

/// A file of SQLite's that lies in memory, on a disk that remembers what is safe.
///
/// Any thread may look at it while another writes.
final class MemoryFile: Sendable {
    struct State {
        var content: [UInt8] = []
        /// As of the last sync.
        var safe: [UInt8] = []
        /// Sizes of the writes since it was made.
        var writes: [Int] = []
        var syncs = 0
        /// So many more writes, or syncs, succeed.
        var writesLeft = Int.max
        var syncsLeft = Int.max
    }

    private struct Header {
        var base: sqlite3_file
        var file: Unmanaged<MemoryFile>
    }

    // Reason: made once, never changed, and freed with the object.
    nonisolated(unsafe) let raw: UnsafeMutablePointer<sqlite3_file>
    private let state: Mutex<State>

    init(_ content: [UInt8] = []) {
        state = Mutex(State(content: content, safe: content))
        let memory = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        raw = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_file.self)
        memory.initialize(
            to: Header(
                base: sqlite3_file(pMethods: UnsafePointer(Self.methods)), file: Unmanaged.passUnretained(self)))
    }

    deinit { raw.deallocate() }

    var content: [UInt8] { state.withLock { $0.content } }
    /// What a cut of the power would leave, at least.
    var safe: [UInt8] { state.withLock { $0.safe } }
    var writes: [Int] { state.withLock { $0.writes } }
    var syncs: Int { state.withLock { $0.syncs } }

    func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        state.withLock { state in
            guard state.writesLeft > 0 else { return SQLITE_FULL }
            state.writesLeft -= 1
            state.writes.append(bytes.count)
            let lacking = offset + bytes.count - state.content.count
            if lacking > 0 { state.content += [UInt8](repeating: 0, count: lacking) }
            state.content.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: bytes)
            }
            return SQLITE_OK
        }
    }

    private func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
        state.withLock { state in
            guard offset + bytes.count <= state.content.count else { return SQLITE_IOERR | 2 << 8 }
            bytes.copyBytes(from: state.content[offset..<offset + bytes.count])
            return SQLITE_OK
        }
    }

    private func sync() -> Int32 {
        state.withLock { state in
            guard state.syncsLeft > 0 else { return SQLITE_IOERR }
            state.syncsLeft -= 1
            state.syncs += 1
            state.safe = state.content
            return SQLITE_OK
        }
    }

    private static func of(_ raw: UnsafeMutablePointer<sqlite3_file>?) -> MemoryFile? {
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
            guard let file = MemoryFile.of(raw), count < 128 * 1_024 else { return SQLITE_MISUSE }
            return file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
        }
        methods.pointee.xRead = { raw, bytes, count, offset in
            guard let file = MemoryFile.of(raw) else { return SQLITE_MISUSE }
            return file.read(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
        }
        methods.pointee.xSync = { raw, _ in MemoryFile.of(raw)?.sync() ?? SQLITE_MISUSE }
        methods.pointee.xFileSize = { raw, size in
            guard let file = MemoryFile.of(raw) else { return SQLITE_MISUSE }
            size?.pointee = Int64(file.content.count)
            return SQLITE_OK
        }
        methods.pointee.xClose = { _ in SQLITE_OK }
        return methods
    }()
}
