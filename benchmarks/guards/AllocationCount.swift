import Glibc

/// The counters of `allocations.c`, which must be preloaded.
struct AllocationCount: Sendable {
    private typealias Read = @convention(c) () -> UInt64
    private typealias Ignore = @convention(c) () -> Void

    private let read: Read
    private let ignore: Ignore

    init() throws {
        guard let read = dlsym(nil, "remit_allocations"),
            let ignore = dlsym(nil, "remit_ignore_allocations_of_thread")
        else { throw GuardFailure("Nothing counts allocations: preload allocations.c, as scripts/guards does.") }
        self.read = unsafeBitCast(read, to: Read.self)
        self.ignore = unsafeBitCast(ignore, to: Ignore.self)
    }

    /// Those of all threads but the ignored ones, since the process began.
    var all: UInt64 { read() }

    func ignoreThisThread() { ignore() }
}
