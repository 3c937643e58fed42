import Synchronization

/// What a tenant shows of itself to operators; written by its thread, read by any.
final class TenantGauges: Sendable {
    private let values = Mutex(TenantReadings())

    var readings: TenantReadings { values.withLock { $0 } }

    func update(_ readings: TenantReadings) {
        values.withLock { $0 = readings }
    }
}

/// One tenant's readings after a turn.
package struct TenantReadings: Hashable, Sendable {
    /// Webhooks that are stored and not applied yet.
    package var inboxDepth = 0
    /// When the oldest operation of an unknown outcome was begun, Unix milliseconds; nil if there is none.
    package var oldestUnknown: Int64?
    /// Bytes of the write-ahead log.
    package var walBytes: Int64 = 0
    /// Transactions committed since opening, and the members in them.
    package var commits: Int64 = 0
    package var members: Int64 = 0

    package init() {}
}
