import Glibc

/// Threads of the system, for work that blocks.
enum SystemThread {
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own, which ends with it.
    static func launch(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Start(body)).toOpaque()
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context)
        precondition(code == 0, "The system refused another thread; raise its limit or lower --storage-threads.")
        pthread_detach(handle)
    }

    /// The calling thread's handle, never 0; the system may give it to another once this one has ended.
    static var current: UInt { UInt(pthread_self()) }
}
