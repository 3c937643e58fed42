internal import CSQLite

/// The lock of one connection on its database file: SQLite's bytes and steps, but the descriptor's lock and not the
/// process's.
///
/// SQLite's own belong to the process, so it keeps a list of all files that the process has open, to share one lock
/// among the connections of each, and walks it twice whenever it opens one: with 10,000 files that takes longer than all
/// the rest of an opening. Locks of descriptors exclude each other within the process as well, and need no list.
final class DatabaseLock {
    /// The first of SQLite's bytes, and what they are: 1 for who waits to be alone, 1 for who is going to write, and
    /// those of which readers lock all to share and a writer all to be alone.
    static let pendingByte = 0x4000_0000
    static let reservedByte = pendingByte + 1
    static let sharedByte = pendingByte + 2
    static let sharedCount = 510

    private static let failedToUnlock = SQLITE_IOERR | 8 << 8
    private static let failedToAsk = SQLITE_IOERR | 14 << 8
    private static let failedToLock = SQLITE_IOERR | 15 << 8

    /// SQLite's own: open as long as the connection.
    private let descriptor: Int32
    private let path: String
    private let identity: FileIdentity
    /// One of SQLite's levels.
    private(set) var level = SQLITE_LOCK_NONE

    /// On the thread that has just opened the file at a full path, and nothing since; nil: it isn't there any more.
    init?(justOpened path: String) {
        guard let opened = OpenedDescriptor.of(path: path) else { return nil }
        descriptor = opened.descriptor
        identity = opened.identity
        self.path = path
    }

    /// Whether the name is another file's by now, or nobody's.
    var hasMoved: Bool { FileIdentity.of(path: path) != identity }

    /// Raises the lock to a level: from none to shared, from there to reserved or exclusive.
    func lock(_ wanted: Int32) -> Int32 {
        guard wanted > level else { return SQLITE_OK }
        switch wanted {
        case SQLITE_LOCK_SHARED: return share()
        case SQLITE_LOCK_RESERVED:
            return reached(wanted, FileLock.take(.exclusive, descriptor, at: Self.reservedByte))
        case SQLITE_LOCK_EXCLUSIVE: return exclude()
        default: return SQLITE_MISUSE
        }
    }

    /// Nobody begins to read while somebody waits to be alone.
    private func share() -> Int32 {
        let mayBegin = FileLock.take(.shared, descriptor, at: Self.pendingByte)
        guard mayBegin == .granted else { return reached(SQLITE_LOCK_NONE, mayBegin) }
        let outcome = FileLock.take(.shared, descriptor, at: Self.sharedByte, count: Self.sharedCount)
        guard FileLock.release(descriptor, at: Self.pendingByte) == .granted else {
            _ = FileLock.release(descriptor, at: Self.pendingByte, count: 2 + Self.sharedCount)
            return Self.failedToUnlock
        }
        return reached(SQLITE_LOCK_SHARED, outcome)
    }

    /// Who can't be alone yet has the pending lock meanwhile.
    private func exclude() -> Int32 {
        if level < SQLITE_LOCK_PENDING {
            let code = reached(
                SQLITE_LOCK_PENDING, FileLock.take(.exclusive, descriptor, at: Self.pendingByte))
            guard code == SQLITE_OK else { return code }
        }
        return reached(
            SQLITE_LOCK_EXCLUSIVE,
            FileLock.take(.exclusive, descriptor, at: Self.sharedByte, count: Self.sharedCount))
    }

    private func reached(_ wanted: Int32, _ outcome: FileLock.Outcome) -> Int32 {
        switch outcome {
        case .granted:
            level = wanted
            return SQLITE_OK
        case .refused: return SQLITE_BUSY
        case .failed: return Self.failedToLock
        }
    }

    /// Lowers the lock to shared or to none.
    func unlock(_ wanted: Int32) -> Int32 {
        guard wanted < level else { return SQLITE_OK }
        if wanted == SQLITE_LOCK_SHARED {
            // First the readers' bytes: at no moment may another believe itself alone.
            guard
                FileLock.take(.shared, descriptor, at: Self.sharedByte, count: Self.sharedCount) == .granted,
                FileLock.release(descriptor, at: Self.pendingByte, count: 2) == .granted
            else { return Self.failedToUnlock }
        } else {
            guard
                FileLock.release(descriptor, at: Self.pendingByte, count: 2 + Self.sharedCount) == .granted
            else { return Self.failedToUnlock }
        }
        level = wanted
        return SQLITE_OK
    }

    /// Whether anybody is going to write.
    func isReserved(_ answer: UnsafeMutablePointer<Int32>) -> Int32 {
        answer.pointee = 1
        guard level < SQLITE_LOCK_RESERVED else { return SQLITE_OK }
        let others = FileLock.others(descriptor, at: Self.reservedByte)
        guard !others.failed else { return Self.failedToAsk }
        answer.pointee = others.kind == nil ? 0 : 1
        return SQLITE_OK
    }
}
