import RemitDomain
import RemitStorage

/// Where a tenant's effects go; all are called within its turn, after the commit that they depend on.
struct Outside: Sendable {
    let deliver: @Sendable (Deliveries) -> Void
    /// Marks the tenant open before its first write, then says on any thread whether it is.
    let markOpen: @Sendable (TenantID, @escaping @Sendable (Bool) -> Void) -> Void
    /// Starts a call to the processor; its answer comes back as an entry.
    let start: @Sendable (TenantID, ProcessorWork) -> Void
    /// The tenant has new events, the newest with this sequence number.
    let eventsAre: @Sendable (TenantID, Int64) -> Void
    /// Closes the readers' connections to the tenant's file, then calls back, on any thread.
    let closeReaders: @Sendable (TenantID, @escaping @Sendable () -> Void) -> Void
    /// The tenant has left as asked.
    let closed: @Sendable (TenantID, Leaving) -> Void
    /// The tenant is busy and stays; it tells ``becameIdle`` when that is over.
    let keptOpen: @Sendable (TenantID) -> Void
    let becameIdle: @Sendable (TenantID) -> Void
    /// The tenant's file can't be opened, read or written.
    let failed: @Sendable (TenantID, StorageError) -> Void
    let clock: any WallClock
}

/// How a tenant's file was left.
enum Leaving: Hashable, Sendable {
    /// Closed with nothing under way; due again then, nil: never.
    case clean(nextDue: Timestamp?)
    /// The store failed: what was under way is found by recovery, when the file can be opened again.
    case failed
}
