import RemitDomain
import RemitStorage
import Synchronization

/// Threads that read beside the writers: finds and pages of events, each tenant's on one thread and one connection.
final class ReaderPool<Encoder: EntityEncoder>: Sendable {
    private let desks: [ReaderDesk<Encoder>]

    init(threads: Int, connectionsMax: Int, clock: any WallClock) {
        desks = (0..<threads).map { _ in ReaderDesk(connectionsMax: max(1, connectionsMax / threads), clock: clock) }
    }

    /// Runs `body` on the tenant's reader thread, in its own connection, which `open` makes when there is none.
    @concurrent
    func read<R: Sendable>(
        _ tenant: TenantID, open: @escaping @Sendable () throws(StorageError) -> TenantReader<Encoder>,
        _ body: @escaping @Sendable (TenantReader<Encoder>) throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<R, StorageError>, Never>) in
            desk(of: tenant).enqueue { desk in
                do throws(StorageError) {
                    continuation.resume(returning: .success(try body(try desk.reader(of: tenant, open: open))))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Closes a tenant's reader connection, then calls `done` on the reader thread.
    func close(_ tenant: TenantID, then done: @escaping @Sendable () -> Void) {
        desk(of: tenant).enqueue { desk in
            desk.close(tenant)
            done()
        }
    }

    /// Closes every connection and ends the threads, after what is queued.
    func stop() {
        for desk in desks { desk.stop() }
    }

    private func desk(of tenant: TenantID) -> ReaderDesk<Encoder> {
        desks[Int(UInt(bitPattern: tenant.text.hashValue) % UInt(desks.count))]
    }
}
