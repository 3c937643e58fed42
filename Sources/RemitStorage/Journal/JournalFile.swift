internal import CSQLite

/// A file that is read and written through SQLite's file system, as the logs of its databases are: whatever stands for
/// the disk there, stands for the disk here.
///
/// Belongs to one thread at a time.
final class JournalFile {
    typealias File = UnsafeMutablePointer<sqlite3_file>

    /// SQLite's unix files take less than 128 KiB at a time.
    private static let pieceBytes = 64 * 1_024

    private let raw: File
    /// SQLite's memory for the file, and its name, which must stay; nil: they are another's.
    private let owned: (memory: UnsafeMutableRawPointer, name: sqlite3_filename)?
    private var isOpen = true

    /// Opens a file, and makes it where it isn't there; its first sync makes the name durable, too.
    init(path: String) throws(StorageError) {
        // Before the process's first use of SQLite.
        _ = Database.isConfigured
        guard let system = sqlite3_vfs_find(nil), let open = system.pointee.xOpen,
            let name = sqlite3_create_filename(path, "", "", 0, nil)
        else { throw StorageError(.cannotOpen, message: "SQLite has no files.") }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(Int(system.pointee.szOsFile), MemoryLayout<sqlite3_file>.size), alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: Int(system.pointee.szOsFile))
        raw = memory.bindMemory(to: sqlite3_file.self, capacity: 1)
        // A log's file has none of SQLite's locks: the data directory has its own.
        let flags = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = open(system, name, raw, flags, nil)
        guard code == SQLITE_OK, raw.pointee.pMethods != nil else {
            if raw.pointee.pMethods != nil { _ = raw.pointee.pMethods.pointee.xClose(raw) }
            memory.deallocate()
            sqlite3_free_filename(name)
            throw StorageError(.cannotOpen, message: "The journal \(path) can't be opened.", sqliteCode: code)
        }
        owned = (memory, name)
    }

    /// A file that is open already, and is another's.
    init(lent raw: File) {
        self.raw = raw
        owned = nil
    }

    deinit { close() }

    /// Harmless twice.
    func close() {
        guard isOpen else { return }
        isOpen = false
        guard let owned else { return }
        _ = raw.pointee.pMethods.pointee.xClose(raw)
        owned.memory.deallocate()
        sqlite3_free_filename(owned.name)
    }

    func size() throws(StorageError) -> Int64 {
        var size: Int64 = 0
        try check(methods.xFileSize(raw, &size), "measured")
        return size
    }

    /// Reads what lies within the file.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StorageError) {
        var done = 0
        while done < bytes.count, let start = bytes.baseAddress {
            let count = min(Self.pieceBytes, bytes.count - done)
            try check(methods.xRead(raw, start + done, Int32(count), offset + Int64(done)), "read")
            done += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StorageError) {
        var done = 0
        while done < bytes.count, let start = bytes.baseAddress {
            let count = min(Self.pieceBytes, bytes.count - done)
            try check(methods.xWrite(raw, start + done, Int32(count), offset + Int64(done)), "written")
            done += count
        }
    }

    /// Makes all that was written durable, and the size with it.
    func sync() throws(StorageError) {
        try check(methods.xSync(raw, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY), "synced")
    }

    private var methods: sqlite3_io_methods {
        precondition(isOpen, "A closed journal was used.")
        return raw.pointee.pMethods.pointee
    }

    private func check(_ code: Int32, _ what: String) throws(StorageError) {
        guard code != SQLITE_OK else { return }
        let reason: StorageError.Code = code & 0xff == SQLITE_FULL ? .full : .io
        throw StorageError(reason, message: "The journal couldn't be \(what).", sqliteCode: code)
    }
}
