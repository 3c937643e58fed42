import GRDB
import Synchronization

/// Commits creates that wait at the same time in one transaction.
///
/// A batch holds what came while the one before was committed; none waits for company.
final class CommitGroup: Sendable {
    /// More would make the first of a batch wait for longer than they spare.
    private static let batchMax = 128

    private struct Entry: Sendable {
        let creation: Creation
        let continuation: CheckedContinuation<Remit_V1_Payment, any Error>
    }

    private struct Waiting: Sendable {
        var entries: [Entry] = []
        /// Whether a write that will take them is on its way.
        var isScheduled = false
    }

    private let pool: DatabasePool
    private let waiting = Mutex(Waiting())

    init(pool: DatabasePool) { self.pool = pool }

    /// The new payment, once it is committed.
    func create(_ creation: Creation) async throws -> Remit_V1_Payment {
        try await withCheckedThrowingContinuation { continuation in
            let mustSchedule = waiting.withLock { waiting in
                waiting.entries.append(Entry(creation: creation, continuation: continuation))
                defer { waiting.isScheduled = true }
                return !waiting.isScheduled
            }
            if mustSchedule { schedule() }
        }
    }

    private func schedule() {
        pool.asyncWriteWithoutTransaction { database in
            let (batch, isMoreLeft) = self.waiting.withLock { waiting in
                let batch = Array(waiting.entries.prefix(Self.batchMax))
                waiting.entries.removeFirst(batch.count)
                waiting.isScheduled = !waiting.entries.isEmpty
                return (batch, waiting.isScheduled)
            }
            self.commit(batch, in: database)
            if isMoreLeft { self.schedule() }
        }
    }

    /// All of it, without savepoints; where one fails, each by itself.
    private func commit(_ batch: [Entry], in database: Database) {
        var payments: [Remit_V1_Payment] = []
        payments.reserveCapacity(batch.count)
        do {
            try database.inTransaction(.immediate) {
                for entry in batch { payments.append(try Store.create(entry.creation, in: database)) }
                return .commit
            }
            for (entry, payment) in zip(batch, payments) { entry.continuation.resume(returning: payment) }
        } catch {
            for entry in batch { commitAlone(entry, in: database) }
        }
    }

    private func commitAlone(_ entry: Entry, in database: Database) {
        let result = Result {
            var payment = Remit_V1_Payment()
            try database.inTransaction(.immediate) {
                payment = try Store.create(entry.creation, in: database)
                return .commit
            }
            return payment
        }
        entry.continuation.resume(with: result)
    }
}
