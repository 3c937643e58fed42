import RemitDomain
import RemitTenant
import RemitTesting
import Synchronization

@testable import RemitStorage

/// The journal of a tenant whose turns a test runs itself, and what becomes of it when the process ends.
final class TestJournal: Sendable {
    private let folder: String
    private let pathOf: @Sendable (TenantID) -> String
    private let options: JournalOptions
    /// Whether a start does again what files have lost; else it makes the records void.
    private let recovers: Bool
    private let state = Mutex(State())

    private struct State {
        var journal: CommitJournal?
        /// What the journal wants done beside its rounds.
        var background: (@Sendable () -> Void)?
        var found = JournalRecovery.Summary()
    }

    /// Small segments, so that they are often full.
    init(
        in folder: String, pathOf: @escaping @Sendable (TenantID) -> String,
        synchronizeAll: @escaping @Sendable () -> StorageError?, recovers: Bool = true
    ) {
        self.folder = folder
        self.pathOf = pathOf
        self.recovers = recovers
        var options = JournalOptions()
        options.segmentBytesMax = 144 * 1_024
        options.bufferedBytesMax = 48 * 1_024
        options.textBytesMax = 64 * 1_024
        options.growthBytes = 16 * 1_024
        options.synchronizeAll = synchronizeAll
        self.options = options
    }

    var readings: JournalReadings? { state.withLock { $0.journal }?.readings }

    /// Commits that starts have done again.
    var appliedCount: Int { state.withLock { $0.found.applied } }
    var skipped: [JournalRecovery.Skipped] { state.withLock { $0.found.skipped } }

    /// A new process begins: before it opens a tenant.
    func start() throws(StorageError) {
        state.withLock { state in
            state.journal = nil
            state.background = nil
        }
        if recovers {
            let found = try JournalRecovery.run(in: folder, options: options, pathOf: pathOf)
            state.withLock { state in
                state.found.applied += found.applied
                state.found.skipped += found.skipped
            }
        } else {
            for name in CommitJournal.names { try FileSystem.remove(folder + "/" + name) }
        }
        var options = options
        options.inBackground = { [weak self] body in self?.state.withLock { $0.background = body } }
        let journal = try CommitJournal.open(in: folder, options: options)
        state.withLock { $0.journal = journal }
    }

    /// The process ends as it should: every tenant is closed.
    func end() {
        let journal = state.withLock { $0.journal }
        workInBackground()
        journal?.close()
    }

    /// Does what waits to be done beside the rounds.
    func workInBackground() {
        let body = state.withLock { state in
            defer { state.background = nil }
            return state.background
        }
        body?()
    }

    var takesCommits: Bool { state.withLock { $0.journal }?.hasRoom(for: RedoRecord.bytesMax) ?? false }

    /// A round for one commit: whether it is durable now.
    func settle(_ commit: UnsettledCommit, of tenant: TenantID) -> Bool {
        defer { RedoRecord.giveBack(commit.redo) }
        let waiter = TestWaiter()
        guard let journal = state.withLock({ $0.journal }),
            journal.append(
                commit.redo, tenant: tenant, base: commit.base, newest: commit.newest, for: waiter)
        else { return false }
        journal.settle()
        return waiter.isDurable
    }
}

private final class TestWaiter: JournalWaiter {
    private let state = Atomic(false)

    var isDurable: Bool { state.load(ordering: .acquiring) }

    func settled(_ isDurable: Bool) { state.store(isDurable, ordering: .releasing) }
}
