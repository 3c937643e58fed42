import RemitDomain
import RemitStorage

extension TenantCore {
    /// Whether ``recover()`` has anything to write: most openings find nothing, and then nothing is written.
    func findsLeftovers() throws(StorageError) -> Bool {
        let found = database.opening
        let now = clock.now()
        let cutoff = now + -TenantTransaction.inboxRetentionMilliseconds
        let mayHaveExpired = found.oldestReceived.map { $0 < cutoff } ?? false
        guard found.hasOpenOperations || mayHaveExpired else { return false }
        return try database.read { rows throws(StorageError) in
            for operation in try rows.openOperations() {
                var operation = operation
                if operation.recover(now: now) != nil { return true }
            }
            return try rows.hasExpiredInbox(at: now)
        }
    }

    /// Recovery, before the first call: no lock is retaken; guards refuse what conflicts with what is open.
    func recover() throws(StorageError) {
        let scene = scene()
        outlook = try database.transaction { tx throws(StorageError) in
            var effects = Effects()
            let settlement = Settlement(scene: scene, awaited: [:])
            for operation in try tx.openOperations() { try settlement.recover(operation, tx, &effects) }
            while try tx.expireInbox(at: scene.now, limit: 1_000) == 1_000 {}
            return try tx.outlook()
        }
        isDirty = true
    }
}
