import RemitRPC

/// The figures of a server at one moment.
package struct MetricsSnapshot: Hashable, Sendable {
    package var calls: [CallCounts] = []
    /// Calls of tenants, streams among them, that are admitted and not yet answered.
    package var callsUnderWay: Int64 = 0
    /// Transactions committed by tenants.
    package var commits: UInt64 = 0
    /// Members of those transactions; divided by the commits: how well they are grouped.
    package var commitMembers: UInt64 = 0
    /// Of those transactions, how many were made durable by the journal that tenants share; how many syncs that took; and
    /// how many it didn't take, so that their tenants synced for themselves.
    package var journalCommits: UInt64 = 0
    package var journalRounds: UInt64 = 0
    package var journalRefused: UInt64 = 0
    /// Age of the oldest operation whose outcome isn't known; 0 if there is none.
    package var oldestUnknownOperationMilliseconds: Int64 = 0
    /// Webhooks stored and not yet applied.
    package var inboxDepth: Int64 = 0
    /// Size of all open tenants' write-ahead logs.
    package var walBytes: Int64 = 0
    package var openTenants: Int64 = 0
    /// Connections to tenants' files whose WAL's descriptors were given back until their next use.
    package var parkedConnections: Int64 = 0
    /// What page caches have been granted beyond each tenant's first part, and may be granted at most.
    package var pageCacheBytes: Int64 = 0
    package var pageCacheBytesMax: Int64 = 0

    package init() {}

    /// The snapshot in Prometheus' text format, version 0.0.4.
    package var text: String {
        var text = MetricsText()
        text.add(calls)
        text.add("remit_calls_under_way", "gauge", "Tenants' calls that are not yet answered.", "\(callsUnderWay)")
        text.add("remit_commits_total", "counter", "Transactions committed by tenants.", "\(commits)")
        text.add("remit_commit_members_total", "counter", "Members of committed transactions.", "\(commitMembers)")
        text.add(
            "remit_journal_commits_total", "counter", "Transactions made durable by the journal that tenants share.",
            "\(journalCommits)")
        text.add(
            "remit_journal_rounds_total", "counter", "Syncs of that journal, each for all that waited.",
            "\(journalRounds)")
        text.add(
            "remit_journal_refused_total", "counter", "Transactions that the journal had no room for.",
            "\(journalRefused)")
        text.add(
            "remit_oldest_unknown_operation_seconds", "gauge",
            "Age of the oldest operation whose outcome is not known; 0 if there is none.",
            MetricsText.seconds(nanoseconds: UInt64(clamping: oldestUnknownOperationMilliseconds) &* 1_000_000))
        text.add("remit_inbox_depth", "gauge", "Webhooks stored and not yet applied.", "\(inboxDepth)")
        text.add("remit_wal_bytes", "gauge", "Size of the open tenants' write-ahead logs.", "\(walBytes)")
        text.add("remit_open_tenants", "gauge", "Tenants that are open.", "\(openTenants)")
        text.add(
            "remit_parked_connections", "gauge", "Open tenants' connections that have given back their descriptors.",
            "\(parkedConnections)")
        text.add(
            "remit_page_cache_bytes", "gauge", "Granted to page caches together, beyond the first part of each.",
            "\(pageCacheBytes)")
        text.add(
            "remit_page_cache_limit_bytes", "gauge", "What page caches may be granted together.",
            "\(pageCacheBytesMax)")
        return text.lines
    }
}

/// Lines of Prometheus' text format.
private struct MetricsText {
    var lines = ""

    mutating func add(_ name: String, _ type: String, _ help: String, _ value: String) {
        header(name, type, help)
        lines += "\(name) \(value)\n"
    }

    mutating func add(_ calls: [CallCounts]) {
        header("remit_calls_total", "counter", "Calls that ended, by method and status code.")
        for call in calls {
            lines += "remit_calls_total{\(Self.labels(call))} \(call.count)\n"
        }
        let name = "remit_call_seconds"
        header(name, "histogram", "Time from a request's arrival to its answer, by method and status code.")
        for call in calls {
            let labels = Self.labels(call)
            var sum: UInt64 = 0
            for (bound, count) in zip(CallMetrics.bounds, call.buckets) {
                sum &+= count
                lines += "\(name)_bucket{\(labels),le=\"\(Self.seconds(nanoseconds: bound))\"} \(sum)\n"
            }
            lines += "\(name)_bucket{\(labels),le=\"+Inf\"} \(call.count)\n"
            lines += "\(name)_sum{\(labels)} \(Self.seconds(nanoseconds: call.nanoseconds))\n"
            lines += "\(name)_count{\(labels)} \(call.count)\n"
        }
    }

    private mutating func header(_ name: String, _ type: String, _ help: String) {
        lines += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func labels(_ call: CallCounts) -> String {
        "method=\"\(call.method)\",code=\"\(call.code.name)\""
    }

    /// Seconds as a decimal number, exact to the nanosecond.
    static func seconds(nanoseconds: UInt64) -> String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest > 0 else { return "\(whole)" }
        var digits = String(rest)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
