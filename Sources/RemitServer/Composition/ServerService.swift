import ServiceLifecycle

/// Something that was started already, in a service group: stopped when the group shuts down.
struct ServerService: Service {
    private let stop: @Sendable () async -> Void

    init(stop: @escaping @Sendable () async -> Void) {
        self.stop = stop
    }

    func run() async throws {
        // Cancelled: stopped all the same, so that nothing is left open.
        try? await gracefulShutdown()
        await stop()
    }
}
