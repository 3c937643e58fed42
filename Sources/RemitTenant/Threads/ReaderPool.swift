import RemitDomain
import RemitStorage
import Synchronization

/// Threads that read beside the writers: finds and pages of events, each tenant's on one thread and one connection.
final class ReaderPool: Sendable {
    private let desks: [ReaderDesk]

    init(threads: Int, connectionsMax: Int, clock: any WallClock) {
        precondition(threads > 0, "At least one thread reads.")
        desks = (0..<threads).map { _ in ReaderDesk(connectionsMax: max(1, connectionsMax / threads), clock: clock) }
    }

    /// Runs `body` on the tenant's reader thread, in its own connection, which `open` makes when there is none.
    ///
    /// `done` is called once, on that thread; here, when the threads have ended.
    func read<R: Sendable>(
        _ tenant: TenantID, open: @escaping @Sendable () throws(StorageError) -> TenantReader,
        _ body: @escaping @Sendable (TenantReader) throws(StorageError) -> R,
        done: @escaping @Sendable (Result<R, StorageError>) -> Void
    ) {
        let isQueued = desk(of: tenant).enqueue { desk in
            let result: Result<R, StorageError>
            do throws(StorageError) {
                result = .success(try body(try desk.reader(of: tenant, open: open)))
            } catch {
                // What the connection has seen may be stale or broken; the next page opens another.
                desk.close(tenant)
                result = .failure(error)
            }
            done(result)
        }
        if !isQueued { done(.failure(StorageError(.interrupted, message: "The readers have ended."))) }
    }

    /// Closes a tenant's reader connection, then calls `done`, on the reader thread; here, when that has ended.
    func close(_ tenant: TenantID, then done: @escaping @Sendable () -> Void) {
        let isQueued = desk(of: tenant).enqueue { desk in
            desk.close(tenant)
            done()
        }
        if !isQueued { done() }
    }

    /// Closes every connection and ends the threads, after what is queued.
    func stop() {
        for desk in desks { desk.stop() }
    }

    private func desk(of tenant: TenantID) -> ReaderDesk {
        desks[Int(UInt(bitPattern: tenant.text.hashValue) % UInt(desks.count))]
    }
}
