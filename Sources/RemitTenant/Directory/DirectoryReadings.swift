/// What operators see of all open tenants.
package struct DirectoryReadings: Hashable, Sendable {
    package var openTenants: Int
    /// Their connections, readers' among them, that have given back their WAL's descriptors.
    package var parkedConnections: Int
    /// What the page caches have been granted together beyond the first part of each, and may have at most.
    package var pageCacheKibibytes: Int
    package var pageCacheKibibytesMax: Int
    /// Webhooks stored and not applied yet, over all open tenants.
    package var inboxDepth = 0
    /// When the oldest operation of an unknown outcome was begun, Unix milliseconds; nil if there is none.
    package var oldestUnknown: Int64?
    /// Bytes of all open tenants' write-ahead logs.
    package var walBytes: Int64 = 0
    /// Transactions committed, and the members in them, by the tenants that are open, since their opening.
    package var commits: Int64 = 0
    package var members: Int64 = 0
    /// Commits that were made durable by the journal, the syncs that took, and commits that it didn't take.
    package var journalCommits = 0
    package var journalRounds = 0
    package var journalRefused = 0

    init(openTenants: Int, parkedConnections: Int, pageCacheKibibytes: Int, pageCacheKibibytesMax: Int) {
        self.openTenants = openTenants
        self.parkedConnections = parkedConnections
        self.pageCacheKibibytes = pageCacheKibibytes
        self.pageCacheKibibytesMax = pageCacheKibibytesMax
    }

    mutating func add(_ readings: TenantReadings) {
        inboxDepth += readings.inboxDepth
        oldestUnknown = [oldestUnknown, readings.oldestUnknown].compactMap { $0 }.min()
        walBytes += readings.walBytes
        commits += readings.commits
        members += readings.members
    }
}
