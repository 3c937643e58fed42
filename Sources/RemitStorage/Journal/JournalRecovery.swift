package import RemitDomain

/// What a start does with the journal that was left: tenants' files get the commits that they have lost.
package enum JournalRecovery {
    /// Why a tenant's records weren't executed.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It has no file: it was deleted.
        case missing
        /// The file is older than its first record: somebody has put an earlier one there, or the journal is damaged.
        case gap
        /// The file isn't what the records were made on.
        case diverged
        /// A record can't be read.
        case unreadable
        /// SQLite refused: the file is damaged, or isn't what the records were made on.
        case refused
    }

    package struct Skipped: Hashable, Sendable {
        package var tenant: TenantID
        package var reason: Reason
        package var records: Int
        /// A sentence for logs and operators.
        package var message: String
    }

    package struct Summary: Hashable, Sendable {
        /// Records that were found.
        package var records = 0
        /// Of these, those that files lacked, and that were executed.
        package var applied = 0
        /// Tenants that had records; files that lacked some and have them now.
        package var tenants = 0
        package var healed = 0
        package var skipped: [Skipped] = []
        /// Files that are damaged, and how.
        package var damage: [String: String] = [:]
        /// Where files are now that may be needed to find out more: somebody should look at them, and remove them.
        package var keptAside: [String] = []

        package init() {}
    }

    /// Executes what tenants' files lack, each tenant in a transaction of its own, and makes the records void.
    ///
    /// Before any tenant is opened. Harmless to repeat, whenever it was interrupted. Throws where the disk fails, or
    /// another process holds a file: the records stay as they are then, and no tenant may be served.
    package static func run(
        in folder: String, options: JournalOptions = JournalOptions(), pathOf: (TenantID) -> String
    ) throws(StorageError) -> Summary {
        var summary = Summary()
        let synced = try SyncedFolder(folder, options)
        let segments = try read(folder, &summary)
        guard segments.contains(where: \.isNeeded) else { return summary }
        try replay(segments, in: folder, threads: options.recoveryThreadsMax, &summary, pathOf)
        // What a file has needn't be durable: a process that was killed left it to the system.
        try synced.synchronizeAll()
        try void(segments, in: folder, options, &summary)
        return summary
    }

    private struct Segment {
        var name: String
        var file: JournalFile
        var scan: SegmentScan

        var isNeeded: Bool { !scan.records.isEmpty || scan.damage != nil }
        var generation: UInt64 { scan.header?.generation ?? 0 }
    }

    /// The segments that are there, older ones first.
    private static func read(_ folder: String, _ summary: inout Summary) throws(StorageError) -> [Segment] {
        var segments: [Segment] = []
        for name in CommitJournal.names where FileSystem.exists(folder + "/" + name) {
            let file = try JournalFile(path: folder + "/" + name)
            let scan = try SegmentScan(of: file)
            if let damage = scan.damage { summary.damage[name] = damage.rawValue }
            summary.records += scan.records.count
            segments.append(Segment(name: name, file: file, scan: scan))
        }
        return segments.sorted { $0.generation < $1.generation }
    }

    private static func replay(
        _ segments: [Segment], in folder: String, threads: Int, _ summary: inout Summary,
        _ pathOf: (TenantID) -> String
    ) throws(StorageError) {
        var records: [TenantID: [TenantReplay.Record]] = [:]
        var tenants: [TenantID] = []
        for (place, segment) in segments.enumerated() {
            for record in segment.scan.records {
                if records[record.tenant] == nil { tenants.append(record.tenant) }
                records[record.tenant, default: []].append(TenantReplay.Record(segment: place, place: record))
            }
        }
        summary.tenants = tenants.count
        let texts = segments.map(\.scan.texts)
        let jobs = tenants.map { tenant in
            ReplayQueue.Job(
                tenant: tenant, path: pathOf(tenant),
                replay: TenantReplay(records: records[tenant] ?? [], texts: texts))
        }
        let queue = ReplayQueue(jobs, segments: segments.map { folder + "/" + $0.name })
        for (job, outcome) in zip(jobs, try queue.run(threads: threads)) {
            switch outcome {
            case .applied(let count):
                summary.applied += count
                if count > 0 { summary.healed += 1 }
            case .skipped(let reason, let message):
                summary.skipped.append(
                    Skipped(
                        tenant: job.tenant, reason: reason, records: job.replay.records.count, message: message))
            }
        }
    }

    // MARK: The end of the records

    private static func void(
        _ segments: [Segment], in folder: String, _ options: JournalOptions, _ summary: inout Summary
    ) throws(StorageError) {
        let isRiddle = summary.skipped.contains { $0.reason != .missing } || !summary.damage.isEmpty
        var generation = segments.map(\.generation).max() ?? 0
        for segment in segments where segment.isNeeded {
            if isRiddle {
                segment.file.close()
                summary.keptAside.append(try keepAside(folder + "/" + segment.name))
            } else {
                generation += 1
                try JournalSegment(segment.file, options).begin(generation)
            }
        }
    }

    /// Gives a file another name, durably, and returns that.
    private static func keepAside(_ path: String) throws(StorageError) -> String {
        var number = 1
        while FileSystem.exists("\(path).\(number).kept") { number += 1 }
        let name = "\(path).\(number).kept"
        try FileSystem.rename(path, to: name)
        try FileSystem.synchronize(directoryOf: path)
        return name
    }
}
