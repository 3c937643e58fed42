import RemitDomain
import RemitStorage

/// Where a tenant's effects go; all are called on its storage thread, after the commit that they depend on.
struct Outside<Caller: TenantCaller>: Sendable {
    let deliver: @Sendable (Deliveries<Caller>) -> Void
    /// Starts a call to the processor; its answer comes back as an entry.
    let start: @Sendable (TenantID, ProcessorWork) -> Void
    /// The tenant's newest event has this sequence number.
    let eventsAre: @Sendable (TenantID, Int64) -> Void
    /// The tenant has closed itself as asked, and is due again then; nil: never.
    let closed: @Sendable (TenantID, Timestamp?) -> Void
    /// The tenant is busy and did not close.
    let keptOpen: @Sendable (TenantID) -> Void
    /// The tenant's file can't be opened, read or written.
    let failed: @Sendable (TenantID, StorageError) -> Void
    let clock: any WallClock
}
