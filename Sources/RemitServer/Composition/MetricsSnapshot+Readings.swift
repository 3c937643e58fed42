import RemitDomain
import RemitService
import RemitTenant

extension MetricsSnapshot {
    /// The figures of the calls and of the tenants that are open.
    init(calls: CallMetrics, underWay: Int, _ readings: DirectoryReadings, at now: Timestamp) {
        self.init()
        self.calls = calls.counts
        callsUnderWay = Int64(underWay)
        commits = UInt64(clamping: readings.commits)
        commitMembers = UInt64(clamping: readings.members)
        journalCommits = UInt64(clamping: readings.journalCommits)
        journalRounds = UInt64(clamping: readings.journalRounds)
        journalRefused = UInt64(clamping: readings.journalRefused)
        oldestUnknownOperationMilliseconds = readings.oldestUnknown.map { max(0, now.milliseconds - $0) } ?? 0
        inboxDepth = Int64(readings.inboxDepth)
        walBytes = readings.walBytes
        openTenants = Int64(readings.openTenants)
        parkedConnections = Int64(readings.parkedConnections)
        pageCacheBytes = Int64(readings.pageCacheKibibytes) * 1_024
        pageCacheBytesMax = Int64(readings.pageCacheKibibytesMax) * 1_024
    }
}
