import RemitDomain
import RemitStorage

/// One reader thread and its connections.
// @unchecked: `readers` and `order` are touched on the desk's own thread only, by the jobs that it runs.
final class ReaderDesk: @unchecked Sendable {
    private struct Open {
        let reader: TenantReader
        let place: RecencyList<TenantID>.Place
    }

    private let thread: StoragePool
    private let connectionsMax: Int
    private var readers: [TenantID: Open] = [:]
    private var order = RecencyList<TenantID>()

    init(connectionsMax: Int, clock: any WallClock) {
        self.connectionsMax = connectionsMax
        thread = StoragePool(threads: 1, cores: 1, clock: clock)
    }

    /// Runs a job on the desk's thread.
    ///
    /// False: the thread has ended, and the job never runs.
    func enqueue(_ job: @escaping @Sendable (ReaderDesk) -> Void) -> Bool {
        thread.enqueue(turnOf: ThreadJob { [self] in job(self) })
    }

    /// The tenant's connection, made by `open` when there is none; the longest unused one leaves for it.
    func reader(
        of tenant: TenantID, open: () throws(StorageError) -> TenantReader
    ) throws(StorageError) -> TenantReader {
        if let known = readers[tenant] {
            order.touch(known.place)
            return known.reader
        }
        if readers.count >= connectionsMax, let oldest = order.oldest { close(oldest) }
        let reader = try open()
        readers[tenant] = Open(reader: reader, place: order.insert(tenant))
        return reader
    }

    func close(_ tenant: TenantID) {
        guard let known = readers.removeValue(forKey: tenant) else { return }
        order.remove(known.place)
        known.reader.close()
    }

    func stop() {
        _ = enqueue { desk in
            for tenant in Array(desk.readers.keys) { desk.close(tenant) }
        }
        thread.stop()
    }
}
