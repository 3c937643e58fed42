internal import CSQLite
internal import Glibc

/// The descriptors of one connection beside its database's: of the wal-index and of the WAL, each opened when needed.
///
/// Belongs to whoever took it out of its ``DescriptorLease``.
// @unchecked: one thread has it at a time, and passes it on through the lease's atomic state.
final class LentDescriptors: @unchecked Sendable {
    /// Of the wal-index's file; negative: not open.
    var index: Int32 = -1
    /// The byte of a shared lock that nobody reads under, kept for the next reader; nil: none.
    var keptLock: Int?
    /// The file system's own file of the WAL, in memory of ours; nil: not open.
    var log: UnsafeMutablePointer<sqlite3_file>?

    func closeIndex() {
        releaseKeptLock()
        if index >= 0 { Glibc.close(index) }
        index = -1
    }

    /// Before the descriptor is closed too: the mapped pages may keep what it stood for, and with it the lock.
    func releaseKeptLock() {
        guard let keptLock else { return }
        self.keptLock = nil
        // Refused it can't be; and where the descriptor is broken, so is the next transaction, which says so.
        _ = FileLock.release(index, at: keptLock)
    }

    /// SQLite's code.
    @discardableResult
    func closeLog() -> Int32 {
        guard let log else { return SQLITE_OK }
        self.log = nil
        let code = log.pointee.pMethods?.pointee.xClose(log) ?? SQLITE_OK
        UnsafeMutableRawPointer(log).deallocate()
        return code
    }

    deinit {
        closeLog()
        closeIndex()
    }
}
