internal import CSQLite

/// The WAL file of an open database, reached through SQLite's own handle.
///
/// Opening and closing another descriptor of a live database's files would drop SQLite's POSIX locks on them.
package struct WriteAheadLog {
    /// Bytes of a WAL that holds as many pages as a checkpoint waits for: a header, then frames of a page each.
    package static let prewarmedBytes: Int64 = 32 + Int64(Database.checkpointPages) * Int64(24 + Database.pageBytes)
    /// What one step adds while prewarming, and syncs: the callers of one turn wait for that, not for 4 MB.
    package static let prewarmStepBytes: Int64 = 1_024 * 1_024
    /// One write's size while prewarming: SQLite's files take less than 128 KiB at a time.
    private static let chunkBytes = 64 * 1_024

    private let file: UnsafeMutablePointer<sqlite3_file>
    private let database: Database

    init(of database: Database) throws(StorageError) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(database.raw, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        guard code == SQLITE_OK, let file, file.pointee.pMethods != nil else {
            throw StorageError(.io, message: "The WAL of \(database.path) isn't open.", sqliteCode: code)
        }
        self.file = file
        self.database = database
    }

    /// From now on a transaction's frames are written at once.
    ///
    /// Once for each connection; readers need it not.
    func gatherWrites() -> FrameGatherer {
        FrameGatherer.install(before: file)
    }

    /// Makes durable what was written.
    func synchronize() throws(StorageError) {
        try check(
            database.holdingDescriptors { file.pointee.pMethods?.pointee.xSync?(file, Self.syncFlags) }, "synced")
    }

    /// As SQLite's own sync of a commit: the data, and of the metadata what is needed to read it.
    private static let syncFlags = SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY

    /// The file's size, in bytes.
    func size() throws(StorageError) -> Int64 {
        var size: Int64 = 0
        let code = try database.holdingDescriptors { file.pointee.pMethods?.pointee.xFileSize?(file, &size) }
        try check(code, "measured")
        return size
    }

    /// Fills the file with zeros from its end, one step further towards a checkpoint's worth, so that it doesn't grow
    /// under commits.
    ///
    /// Only the writer's thread may call it, outside of transactions. Frames in the file stay as they are. True: it was
    /// the last step.
    func prewarm() throws(StorageError) -> Bool {
        try database.holdingDescriptors { () throws(StorageError) in try fill() }
    }

    private func fill() throws(StorageError) -> Bool {
        var offset = try size()
        guard offset < Self.prewarmedBytes else { return true }
        let end = min(offset + Self.prewarmStepBytes, Self.prewarmedBytes)
        let zeros = [UInt8](repeating: 0, count: Self.chunkBytes)
        while offset < end {
            let count = min(Int64(zeros.count), end - offset)
            let code = zeros.withUnsafeBytes {
                file.pointee.pMethods?.pointee.xWrite?(file, $0.baseAddress, Int32(count), offset)
            }
            try check(code, "extended")
            offset += count
        }
        try check(file.pointee.pMethods?.pointee.xSync?(file, SQLITE_SYNC_FULL), "synced")
        return end == Self.prewarmedBytes
    }

    private func check(_ code: Int32?, _ what: String) throws(StorageError) {
        guard code == SQLITE_OK else {
            throw StorageError(.io, message: "A WAL couldn't be \(what).", sqliteCode: code ?? SQLITE_MISUSE)
        }
    }
}
