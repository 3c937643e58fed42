import Synchronization

/// What one tenant's turns tell the pool of their waiting for a disk, or for another process's lock.
///
/// A wait within a wait, such as for a lock while the file is being closed, is the same wait. For the thread that runs
/// the tenant's turn.
final class TurnWaits: Sendable {
    private let pool: StoragePool
    private let depth = Atomic<Int>(0)

    init(in pool: StoragePool) {
        self.pool = pool
    }

    func begin() {
        if depth.add(1, ordering: .relaxed).oldValue == 0 { pool.willBlock() }
    }

    func end() {
        if depth.subtract(1, ordering: .relaxed).newValue == 0 { pool.didBlock() }
    }
}
