internal import Glibc

/// Locks on bytes of a file that belong to an open descriptor, not to the process: fcntl's open file description locks.
///
/// They exclude other processes' ordinary locks and are excluded by them. Closing another descriptor of the same file
/// drops none of them.
enum FileLock {
    enum Kind {
        case shared, exclusive

        fileprivate var type: Int32 { self == .shared ? F_RDLCK : F_WRLCK }
    }

    enum Outcome {
        case granted
        /// Another descriptor holds a lock that excludes this one.
        case refused
        case failed
    }

    // Linux's F_OFD_GETLK and F_OFD_SETLK, which Swift's Glibc doesn't show.
    private static let ask: Int32 = 36
    private static let set: Int32 = 37

    /// Takes a lock, or changes the one that the descriptor holds there; never waits.
    static func take(_ kind: Kind, _ descriptor: Int32, at start: Int, count: Int = 1) -> Outcome {
        var range = range(kind.type, start, count)
        guard fcntl(descriptor, set, &range) != 0 else { return .granted }
        return errno == EAGAIN || errno == EACCES ? .refused : .failed
    }

    /// Gives back what the descriptor holds there.
    static func release(_ descriptor: Int32, at start: Int, count: Int = 1) -> Outcome {
        var range = range(F_UNLCK, start, count)
        return fcntl(descriptor, set, &range) == 0 ? .granted : .failed
    }

    /// What others hold at a byte: nothing, one of the kinds, or `failed` when the system won't say.
    static func others(_ descriptor: Int32, at start: Int) -> (kind: Kind?, failed: Bool) {
        var range = range(F_WRLCK, start, 1)
        guard fcntl(descriptor, ask, &range) == 0 else { return (nil, true) }
        switch Int32(range.l_type) {
        case F_UNLCK: return (nil, false)
        case F_RDLCK: return (.shared, false)
        default: return (.exclusive, false)
        }
    }

    private static func range(_ type: Int32, _ start: Int, _ count: Int) -> flock {
        flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: start, l_len: count, l_pid: 0)
    }
}
