import RemitDomain
import RemitStorage

/// One reader thread and its connections.
// @unchecked: `readers` and `order` are touched on the desk's own thread only, by the jobs that it runs.
final class ReaderDesk<Encoder: EntityEncoder>: @unchecked Sendable {
    private let thread: StorageThread
    private let connectionsMax: Int
    private var readers: [TenantID: TenantReader<Encoder>] = [:]
    /// Tenants by last use, the longest unused first.
    private var order: [TenantID] = []

    init(connectionsMax: Int, clock: any WallClock) {
        self.connectionsMax = connectionsMax
        thread = StorageThread(clock: clock)
    }

    func enqueue(_ job: @escaping @Sendable (ReaderDesk) -> Void) {
        thread.enqueue(turnOf: ThreadJob { [self] in job(self) })
    }

    func reader(
        of tenant: TenantID, open: () throws(StorageError) -> TenantReader<Encoder>
    ) throws(StorageError) -> TenantReader<Encoder> {
        order.removeAll { $0 == tenant }
        order.append(tenant)
        if let reader = readers[tenant] { return reader }
        if readers.count >= connectionsMax, let oldest = order.first { close(oldest) }
        let reader = try open()
        readers[tenant] = reader
        return reader
    }

    func close(_ tenant: TenantID) {
        readers.removeValue(forKey: tenant)?.close()
        order.removeAll { $0 == tenant }
    }

    func stop() {
        enqueue { desk in
            for tenant in Array(desk.readers.keys) { desk.close(tenant) }
        }
        thread.stop()
    }
}
