package import RemitDomain

/// What a start does with the journal that was left: tenants' files get the commits that they have lost.
package enum JournalRecovery {
    /// Why a tenant's records weren't executed.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It has no file.
        case missing
        /// The file is older than its first record: somebody has put an earlier one there, or the journal is damaged.
        case gap
        /// The file isn't what the records were made on.
        case diverged
        /// A record can't be read.
        case unreadable
        /// The file can't be used: it is damaged, locked, can't be read, or isn't what the records were made on.
        case refused
    }

    /// A tenant that isn't to be served: commits that were answered are missing in its file.
    package struct Skipped: Hashable, Sendable {
        package var tenant: TenantID
        package var reason: Reason
        package var records: Int
        /// A sentence for logs and operators.
        package var message: String
        /// What they can do, in a sentence.
        package var remedy: String
    }

    package struct Summary: Hashable, Sendable {
        /// Records that were found in the journal.
        package var records = 0
        /// Of these, and of those that were kept by earlier starts: what files lacked, and was executed.
        package var applied = 0
        /// Tenants that had records in the journal.
        package var tenants = 0
        /// Tenants whose files lacked some and have them now.
        package var healed = 0
        package var skipped: [Skipped] = []
        /// The journal's files that are damaged, and how: they stay as they are, and so does the journal.
        package var damage: [String: String] = [:]

        package init() {}
    }

    /// Executes what tenants' files lack, each tenant in a transaction of its own, and makes the records void.
    ///
    /// Before any tenant is opened. What one tenant's file can't be given is kept for it (``KeptCommits``), and tried
    /// again by each start. Harmless to repeat, whenever it was interrupted. Throws where the disk fails, the journal
    /// can't be read, or no tenant's file can be used: the records stay as they are then, and nobody may be served.
    package static func run(
        in folder: String, options: JournalOptions = JournalOptions(), pathOf: (TenantID) -> String
    ) throws(StorageError) -> Summary {
        var summary = Summary()
        let synced = try SyncedFolder(folder, options)
        let kept = try KeptCommits(in: folder, roundBytesMax: options.bufferedBytesMax)
        let segments = try read(folder, &summary)
        try redo(kept, &summary, pathOf)
        guard segments.contains(where: \.isNeeded) else { return summary }
        try replay(segments, in: folder, threads: options.recoveryThreadsMax, kept, &summary, pathOf)
        // What a file has needn't be durable: a process that was killed left it to the system.
        try synced.synchronizeAll()
        guard summary.damage.isEmpty else { return summary }
        var generation = segments.map(\.generation).max() ?? 0
        for segment in segments where segment.isNeeded {
            generation += 1
            try JournalSegment(segment.file, options).begin(generation)
        }
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

    /// Tries what earlier starts have kept: a file may have been put back since.
    private static func redo(
        _ kept: KeptCommits, _ summary: inout Summary, _ pathOf: (TenantID) -> String
    ) throws(StorageError) {
        for tenant in kept.tenants.sorted(by: { $0.text < $1.text }) {
            var (outcome, records) = (TenantReplay.Outcome.applied(0), 0)
            do throws(StorageError) {
                (outcome, records) = try kept.redo(tenant, on: pathOf(tenant))
            } catch {
                guard !error.isFull else { throw error }
                outcome = .skipped(.refused, error.message)
            }
            summary.add(outcome, of: tenant, records: records, kept)
        }
    }

    private static func replay(
        _ segments: [Segment], in folder: String, threads: Int, _ kept: KeptCommits, _ summary: inout Summary,
        _ pathOf: (TenantID) -> String
    ) throws(StorageError) {
        let replays = replays(of: segments)
        summary.tenants = replays.count
        var windows: [FileWindow] = []
        for segment in segments { windows.append(try FileWindow(segment.file, ahead: 0)) }
        // What is kept for a tenant comes before what the journal has.
        let refused = kept.tenants
        for (tenant, replay) in replays where refused.contains(tenant) {
            try kept.keep(replay, of: tenant, segments: windows)
        }
        let jobs = replays.filter { !refused.contains($0.tenant) }
            .map { ReplayQueue.Job(tenant: $0.tenant, path: pathOf($0.tenant), replay: $0.replay) }
        let queue = ReplayQueue(jobs, segments: segments.map { folder + "/" + $0.name })
        let outcomes = try queue.run(threads: threads)
        try checkFolder(of: jobs, outcomes)
        for (job, outcome) in zip(jobs, outcomes) {
            if case .skipped = outcome { try kept.keep(job.replay, of: job.tenant, segments: windows) }
            summary.add(outcome, of: job.tenant, records: job.replay.records.count, kept)
        }
    }

    /// Each tenant's records, in their order; tenants in the order of their first ones.
    private static func replays(of segments: [Segment]) -> [(tenant: TenantID, replay: TenantReplay)] {
        var records: [TenantID: [TenantReplay.Record]] = [:]
        var tenants: [TenantID] = []
        for (place, segment) in segments.enumerated() {
            for record in segment.scan.records {
                if records[record.tenant] == nil { tenants.append(record.tenant) }
                records[record.tenant, default: []].append(TenantReplay.Record(segment: place, place: record))
            }
        }
        let texts = segments.map(\.scan.texts)
        return tenants.map { ($0, TenantReplay(records: records[$0] ?? [], texts: texts)) }
    }

    /// Where no file at all can be used it isn't the tenants who are to be refused: a file system isn't mounted, or the
    /// process may not read it.
    private static func checkFolder(
        of jobs: [ReplayQueue.Job], _ outcomes: [TenantReplay.Outcome]
    ) throws(StorageError) {
        guard let first = jobs.first, let end = first.path.lastIndex(of: "/") else { return }
        for outcome in outcomes {
            switch outcome {
            case .skipped(.missing, _), .skipped(.refused, _): continue
            case .applied, .skipped: return
            }
        }
        let folder = String(first.path[..<end])
        let names = try FileSystem.names(in: folder)
        guard jobs.count > 1 || !names.contains(where: { $0.hasSuffix(".sqlite") }) else { return }
        var example = ""
        if case .skipped(_, let message) = outcomes[0] { example = message }
        throw StorageError(
            .cannotOpen,
            message: "The journal has commits for \(jobs.count) tenants in \(folder), and none of their files can be"
                + " used (\(example)). Is its file system mounted, and may this process read it? Nothing was changed. To lose"
                + " these commits, which were answered, move \(CommitJournal.names.joined(separator: " and ")) away.")
    }
}

extension JournalRecovery.Summary {
    fileprivate mutating func add(
        _ outcome: TenantReplay.Outcome, of tenant: TenantID, records: Int, _ kept: KeptCommits
    ) {
        switch outcome {
        case .applied(let count):
            applied += count
            if count > 0 { healed += 1 }
        case .skipped(let reason, let message):
            skipped.append(
                JournalRecovery.Skipped(
                    tenant: tenant, reason: reason, records: records, message: message, remedy: kept.remedy(tenant)))
        }
    }
}
