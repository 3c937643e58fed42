internal import CSQLite
internal import Glibc

/// Which descriptor SQLite opened last on the present thread: it names none of its files' to anybody.
enum OpenedDescriptor {
    /// SQLite's call of the system's `open`, as it makes it.
    private typealias Call = @convention(c) (UnsafePointer<CChar>?, Int32, Int32) -> Int32

    /// What the thread remembers: the descriptor and 1, so that nothing is 0.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "The system has no room for another thread's variable.")
        return key
    }()

    /// Before the first connection of the process: SQLite opens files through us from then on.
    static let isWatched: Bool = {
        let call: Call = { path, flags, mode in
            guard let path else { return -1 }
            let descriptor = Glibc.open(path, flags, mode_t(bitPattern: mode))
            if descriptor >= 0 {
                pthread_setspecific(OpenedDescriptor.key, UnsafeRawPointer(bitPattern: Int(descriptor) + 1))
            }
            return descriptor
        }
        guard let system = sqlite3_vfs_find("unix"), let set = system.pointee.xSetSystemCall else { return false }
        return set(system, "open", unsafeBitCast(call, to: sqlite3_syscall_ptr.self)) == SQLITE_OK
    }()

    /// The last one, if it is the file's that has the name.
    static func of(path: String) -> (descriptor: Int32, identity: FileIdentity)? {
        guard let last, last.identity == FileIdentity.of(path: path) else { return nil }
        return last
    }

    /// Whether the last one is of that file.
    static func isOf(_ identity: FileIdentity) -> Bool { last?.identity == identity }

    private static var last: (descriptor: Int32, identity: FileIdentity)? {
        let descriptor = Int32(truncatingIfNeeded: Int(bitPattern: pthread_getspecific(key)) - 1)
        guard descriptor >= 0, let found = FileIdentity.of(descriptor: descriptor) else { return nil }
        return (descriptor, found.identity)
    }
}
