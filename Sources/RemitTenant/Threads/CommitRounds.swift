import RemitDomain
import RemitStorage
import Synchronization

/// Makes the journal's rounds on storage threads: one sync for all turns that ended since the last one.
///
/// A round is a turn in the pool's queue, asked for by the first commit that waits for it. It comes after all turns that
/// waited then, and so their commits are in it; with nothing else to do it comes at once.
final class CommitRounds: TurnTaker {
    private let journal: CommitJournal
    private let pool: StoragePool
    private let isQueued = Atomic(false)
    private let isRunning = Atomic(false)
    /// Whether more than one commit was in the last round.
    private let wasShared = Atomic(false)
    private let hasFailed = Atomic(false)
    private let failed: @Sendable (StorageError) -> Void

    /// `failed` is called once, when the journal takes no commits any more.
    init(of journal: CommitJournal, in pool: StoragePool, failed: @escaping @Sendable (StorageError) -> Void) {
        self.journal = journal
        self.pool = pool
        self.failed = failed
    }

    /// Whether a commit may leave its sync to the journal now, and would share it.
    ///
    /// One that nobody commits beside is synced by its tenant at once: it is written once, and answered sooner.
    var takesCommits: Bool {
        guard wasShared.load(ordering: .relaxed) || journal.hasUnsettled || pool.hasWaiting else { return false }
        return journal.hasRoom(for: RedoRecord.bytesMax)
    }

    /// Gives a commit to the journal; `waiter` is told once, on any storage thread and maybe before this returns, what
    /// has become of it.
    ///
    /// False: the journal doesn't take it, and nobody will be told.
    func append(_ commit: UnsettledCommit, of tenant: TenantID, for waiter: any JournalWaiter) -> Bool {
        defer { RedoRecord.giveBack(commit.redo) }
        let isTaken = journal.append(
            commit.redo, tenant: tenant, base: commit.base, newest: commit.newest, for: waiter)
        if isTaken { queue() } else { tellFailure() }
        return isTaken
    }

    private func queue() {
        guard !isQueued.exchange(true, ordering: .sequentiallyConsistent) else { return }
        pool.enqueue(turnOf: self)
    }

    func takeTurn() {
        isQueued.store(false, ordering: .sequentiallyConsistent)
        // Who is in a round looks after it whether another is wanted.
        guard !isRunning.exchange(true, ordering: .sequentiallyConsistent) else { return }
        let count = journal.settle(willBlock: pool.willBlock, didBlock: pool.didBlock)
        if count > 0 { wasShared.store(count > 1, ordering: .relaxed) }
        // An exchange, not a store: what those have appended who found a round being made is seen below.
        _ = isRunning.exchange(false, ordering: .sequentiallyConsistent)
        if journal.hasUnsettled { queue() }
        tellFailure()
    }

    private func tellFailure() {
        guard let failure = journal.failure, !hasFailed.exchange(true, ordering: .relaxed) else { return }
        failed(failure)
    }

    func timerFired() {}
}
