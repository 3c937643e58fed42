import DequeModule
package import RemitDomain
package import RemitStorage

/// The tenant's core: takes entries, runs them in batches, and says what is to be done outside.
///
/// Synchronous, no threads.
///
/// A turn: admit → one transaction of members → COMMIT → effects → reads. Locks, queues and who waits change outside of
/// transactions only; the database alone says what is open, so that a batch can be replayed and a crash forgets nothing.
package final class TenantCore {
    let tenant: TenantID
    let database: TenantDatabase
    let settings: TenantSettings
    let clock: any WallClock
    let randomness: any Randomness
    let tools: TenantTools
    let ids: IdentifierSource

    /// Members whose turn didn't come yet, in order.
    ///
    /// A turn that time ends leaves some of what it took in, so that under load thousands may stand here.
    var backlog = Deque<Member>()
    /// How many members of the backlog came from the database: no more are taken before these have run, none twice.
    var collected = 0
    var queues = WaitQueues()
    var flights = Flights()
    /// Calls at the processor whose answers haven't come.
    var outstanding = 0
    /// Whether the inbox may have entries that are due.
    var mayHaveInbox: Bool
    var members: Int64 = 0
    /// Whether anything was committed since the readings were taken.
    var isDirty: Bool
    private var lastForgotten = Timestamp(milliseconds: 0)
    /// How many synced commits there must be for the WAL's next step of prewarming; nil: it is done.
    private var nextWarmUp: Int? = TenantDatabase.prewarmAfterCommits
    /// Whether the tenant is marked open, so that a crash after a write of its is found by the next start.
    private var mayWrite: Bool
    /// Whether something was left at the last end that must be written before anything else is done.
    private var mustRecover = false
    /// Point reads that came while a write before them waits for the mark: nobody overtakes.
    private var held = HeldReads()
    private var pageCache: PageCacheShare
    /// Turns until the page cache is looked at again.
    private var turnsToLook = turnsBetweenLooks
    /// Why the last ``upkeep()`` failed: the file is to be opened anew.
    private var failure: StorageError?
    /// Whether the next commit must be synced by itself, since the WAL may hold more than what is known to be committed.
    var mustSyncCommit = false
    /// Members at the backlog's beginning whose commit failed: they may be written.
    var inDoubt = 0
    private var readings = TenantReadings()
    private var hasShownReadings = false
    /// What the last commit left, or before the first what the opening found, and so when the database wants the next turn.
    var outlook: Outlook?
    var work: [ProcessorWork] = []
    /// The turn's commit, if its sync is left to the journal.
    var unsettled: UnsettledCommit?
    var deliveries = Deliveries()

    /// Takes over an open database and recovers: what was started at the last end is of an unknown outcome now.
    ///
    /// `mayWrite`: the tenant is marked open. Else nothing is written before ``allowWrites()``; a turn that wants to says
    /// so (``NextTurn/whenMarked``).
    package init(
        tenant: TenantID, database: TenantDatabase, tools: TenantTools, settings: TenantSettings,
        clock: any WallClock, randomness: any Randomness, pageCaches: PageCacheBudget = PageCacheBudget(),
        mayWrite: Bool = true
    ) throws(StorageError) {
        self.tenant = tenant
        self.database = database
        self.tools = tools
        self.settings = settings
        self.clock = clock
        self.randomness = randomness
        self.mayWrite = mayWrite
        database.onLockWait(begins: tools.willBlock, ends: tools.didBlock)
        pageCache = PageCacheShare(of: pageCaches)
        ids = IdentifierSource(IdentifierGenerator(clock: clock, randomness: randomness))
        try database.setCache(kibibytes: pageCache.kibibytes)
        let found = database.opening
        mayHaveInbox = found.hasOpenInbox
        isDirty = found.hasOpenInbox || found.hasOpenOperations
        outlook = try database.outlook()
        readings.walBytes = try database.walBytes()
        if readings.walBytes > 0 { try trustLog() }
        mustRecover = try findsLeftovers()
        if mayWrite { try recoverIfNeeded() }
    }

    /// Makes what a WAL has at the opening durable: who closes in good order leaves it empty.
    ///
    /// A process that was killed, or a disk that failed, may have left a commit there that is in no journal and wasn't
    /// synced, and now it is seen: nobody may be told of it, and no commit be built on it, before it is durable. A commit
    /// that has failed may lie there, too, unseen: the next one takes its place, and its event's number, which the
    /// journal would take for its own after a cut of the power, if it weren't synced.
    private func trustLog() throws(StorageError) {
        tools.willBlock()
        defer { tools.didBlock() }
        try database.synchronize()
        mustSyncCommit = true
    }

    /// Whether something is under way that a closing would lose or delay.
    package var isBusy: Bool {
        outstanding > 0 || !flights.isEmpty || !queues.isEmpty || !backlog.isEmpty || mayHaveInbox || mustRecover
    }

    /// Runs one turn.
    ///
    /// Bounded by ``TenantSettings/membersPerTurnMax`` and ``TenantSettings/turnMilliseconds``.
    package func turn(_ entries: [Entry], _ gets: [PaymentGets] = []) -> Turn {
        guard held.isEmpty else {
            let before = held
            held = HeldReads()
            return turn(entries, before.gets + gets, reads: before.reads)
        }
        return turn(entries, gets, reads: [])
    }

    private func turn(_ entries: [Entry], _ gets: [PaymentGets], reads: [(ReadCall, Caller)]) -> Turn {
        var reads = reads
        var isAnswered = false
        do throws(StorageError) {
            expireWaits()
            forgetGone()
            for entry in entries { admit(entry, &reads) }
            if let failure { throw failure }
            if !mustRecover { try collectDue() }
            guard mayWrite || !wantsToWrite else {
                held = HeldReads(reads: reads, gets: gets)
                return turn(.whenMarked)
            }
            try recoverIfNeeded()
            try runBacklog()
            try read(reads, gets)
            isAnswered = true
            let turn = try end()
            // Nobody may come for long, and `rest()` follows only a turn that somebody wanted.
            if entries.isEmpty, gets.isEmpty { giveUpReadLock() }
            return turn
        } catch {
            // Who has an answer isn't told what failed after it.
            return isAnswered ? broken(error, [], []) : broken(error, reads, gets)
        }
    }

    /// The tenant is marked open: what waited for that is done by the next turn.
    package func allowWrites() {
        mayWrite = true
    }

    /// The tenant couldn't be marked open: everybody who waits is told that nothing was done, and it is opened anew.
    package func refuseWrites() -> Turn {
        broken(StorageError(.io, message: "The tenant couldn't be marked open."), held.reads, held.gets)
    }

    private var wantsToWrite: Bool { mustRecover || !backlog.isEmpty }

    private func recoverIfNeeded() throws(StorageError) {
        guard mustRecover else { return }
        try recover()
        mustRecover = false
    }

    /// What the file needs now and then, for which no caller should wait: to be called when a turn's answers have left.
    ///
    /// True: it has failed, and the next turn, which must follow, tells everybody.
    package func upkeep() -> Bool {
        guard isUpkeepDue else { return false }
        let warmsUp = isWarmUpDue
        tools.willBlock()
        defer { tools.didBlock() }
        if database.isCheckpointDue { database.checkpoint() }
        guard warmsUp else { return false }
        do throws(StorageError) {
            // A tenant that syncs often gets a WAL that doesn't grow any more: syncs of growing files are dear.
            nextWarmUp = try database.prewarm() ? nil : database.syncedCommits + TenantDatabase.prewarmEveryCommits
            return false
        } catch {
            failure = error
            return true
        }
    }

    /// Whether ``upkeep()`` would do something, which takes long.
    package var isUpkeepDue: Bool { isWarmUpDue || database.isCheckpointDue }

    private var isWarmUpDue: Bool { nextWarmUp.map { $0 <= database.syncedCommits } ?? false }

    /// When it wants its next turn without being told anything; nil: never.
    package var nextDue: Timestamp? {
        let due = outlook?.nextDue
        guard let waiting = queues.nextDue else { return due }
        return due.map { min($0, waiting) } ?? waiting
    }

    /// Lets other processes cut the WAL: the lock of the last read isn't kept for the next one any more.
    package func giveUpReadLock() {
        database.giveUpReadLock()
    }

    /// Gives back most of the memory that it takes, and its read lock; the next turn takes what it needs again.
    package func rest() throws(StorageError) {
        database.rest()
        if pageCache.shrink() { try database.setCache(kibibytes: pageCache.kibibytes) }
    }

    /// How large its page cache may be.
    var pageCacheKibibytes: Int { pageCache.kibibytes }

    /// Often enough that a tenant that becomes hot has its cache within some milliseconds, and no cost to speak of.
    private static var turnsBetweenLooks: Int { 16 }

    /// Has the page cache grow with what the tenant reads.
    private func lookAtCache() throws(StorageError) {
        turnsToLook -= 1
        guard turnsToLook == 0 else { return }
        turnsToLook = Self.turnsBetweenLooks
        let use = database.takeCacheUse()
        if pageCache.look(bytes: use.bytes, hits: use.hits, misses: use.misses) {
            try database.setCache(kibibytes: pageCache.kibibytes)
        }
    }

    /// Closes the file.
    ///
    /// Whoever still waits is answered by ``turn(_:)``'s `broken`, not here.
    package func close() {
        database.close()
    }

    // MARK: - Admission

    private func admit(_ entry: Entry, _ reads: inout [(ReadCall, Caller)]) {
        switch entry {
        case .verb(let call, let caller):
            guard caller.begin() else { return }
            backlog.append(.verb(VerbMember(call: call, caller: caller, operation: ids.next())))
        case .read(let read, let caller):
            if caller.begin() { reads.append((read, caller)) }
        case .webhook(let webhook, let caller):
            if caller.begin() { backlog.append(.store(webhook, caller)) }
        case .answered(let operation, let answer):
            arrived()
            backlog.append(.answered(operation, answer, version: flights.version(of: operation)))
        case .lookedUp(let operation, let found):
            arrived()
            backlog.append(.lookedUp(operation, found))
        case .fetched(let due, let fetched):
            arrived()
            backlog.append(.fetched(due, fetched))
        }
    }

    /// A call's answer has come.
    ///
    /// One that was sent before the store was opened anew counts for nothing.
    private func arrived() {
        outstanding = max(0, outstanding - 1)
    }

    private func expireWaits() {
        guard !queues.isEmpty else { return }
        for member in queues.popExpired(at: clock.now()) { deliver(member.caller, .refused(.lockContention)) }
    }

    /// How often joined callers are looked through for those who have gone.
    private static var forgetMilliseconds: Int64 { 1_000 }

    private func forgetGone() {
        guard flights.joinedCount > 0 else { return }
        let now = clock.now()
        guard abs(now - lastForgotten) >= Self.forgetMilliseconds else { return }
        lastForgotten = now
        flights.forgetGone()
    }

    /// Adds what the database says is due: operations of the completer's, GETs, webhooks.
    private func collectDue() throws(StorageError) {
        // Most tenants have nothing that will be due, and needn't look at the clock.
        guard collected == 0, mayHaveInbox || outlook?.nextDue != nil else { return }
        let now = clock.now()
        guard mayHaveInbox || outlook?.nextDue.map({ $0 <= now }) ?? false else { return }
        // However many callers wait: what is due gets its place among them, else a busy tenant would starve it.
        let room = settings.membersPerTurnMax
        let found = try database.read { transaction throws(StorageError) -> [Member] in
            var found: [Member] = []
            for operation in try transaction.operations(dueBy: now, limit: room) { found.append(.due(operation.id)) }
            for fetch in try transaction.fetches(dueBy: now, limit: room) { found.append(.startFetch(fetch)) }
            for entry in try transaction.inboxEntries(dueBy: now, limit: room) { found.append(.apply(entry)) }
            return found
        }
        mayHaveInbox = found.contains { if case .apply = $0 { true } else { false } }
        collected = found.count
        backlog += found
    }

    // MARK: - Effects

    func deliver(_ caller: Caller, _ result: DeliveryResult) {
        deliveries.answers.append(Delivery(caller, result))
    }

    private func end() throws(StorageError) -> Turn {
        try lookAtCache()
        let hasChanged = isDirty || !hasShownReadings
        hasShownReadings = true
        if isDirty {
            try takeReadings()
            isDirty = false
        }
        let next: NextTurn
        if !backlog.isEmpty || mayHaveInbox {
            next = .now
        } else if let due = nextDue {
            next = due <= clock.now() ? .now : .at(due)
        } else {
            next = .never
        }
        return turn(next, readings: hasChanged ? readings : nil)
    }

    /// What was earned until now, once.
    private func turn(_ next: NextTurn, readings: TenantReadings? = nil) -> Turn {
        defer {
            work = []
            deliveries = Deliveries()
            unsettled = nil
        }
        return Turn(
            deliveries: deliveries, work: work, newestSequence: outlook?.newestSequence, readings: readings, next: next,
            unsettled: unsettled)
    }

    // MARK: - The journal

    /// The journal didn't make a turn's commit durable: has the tenant's own file do it, and returns the turn, or what
    /// becomes of it where that fails, too.
    package func settleAlone(_ turn: Turn) -> Turn {
        do throws(StorageError) {
            tools.willBlock()
            defer { tools.didBlock() }
            try database.synchronize()
            return turn
        } catch {
            // It may be lost or not, and so may be whatever anybody was about to be told.
            var lost = broken(error, [], [])
            lost.deliveries.answers += turn.deliveries.answers.map { Delivery($0.caller, .refused(.commitFailed)) }
            lost.deliveries.payments += turn.deliveries.payments.map { $0.refused(with: .storageUnavailable) }
            return lost
        }
    }

    private func takeReadings() throws(StorageError) {
        readings.commits = Int64(database.commits)
        readings.members = members
        readings.walBytes = try database.walBytes()
        readings.inboxDepth = outlook?.inboxDepth ?? 0
        readings.oldestUnknown = outlook?.oldestUnknown?.milliseconds
    }

    /// The store failed in a way that no member is to blame for: everybody is told, and the tenant is opened anew.
    ///
    /// Only what was in a failed commit, or sent to the processor, may have been done.
    private func broken(_ error: StorageError, _ reads: [(ReadCall, Caller)], _ gets: [PaymentGets]) -> Turn {
        for (index, member) in backlog.enumerated() {
            member.caller.map { deliver($0, .refused(index < inDoubt ? .commitFailed : .storageUnavailable)) }
        }
        for member in queues.popExpired(at: Timestamp(milliseconds: .max)) {
            deliver(member.caller, .refused(.storageUnavailable))
        }
        for caller in flights.landAll() { deliver(caller, .refused(.unknownOutcome)) }
        for (_, caller) in reads { deliver(caller, .refused(.storageUnavailable)) }
        deliveries.payments += gets.map { PaymentsFound(refusing: $0, with: .storageUnavailable) }
        backlog = []
        work = []
        var turn = turn(.broken(error), readings: TenantReadings())
        turn.newestSequence = nil
        return turn
    }
}

/// Point reads that wait behind a write.
private struct HeldReads {
    var reads: [(ReadCall, Caller)] = []
    var gets: [PaymentGets] = []

    var isEmpty: Bool { reads.isEmpty && gets.isEmpty }
}

/// What a turn has earned.
package struct Turn: Sendable {
    package var deliveries: Deliveries
    package var work: [ProcessorWork]
    package var newestSequence: Int64?
    /// Nil: as they were.
    package var readings: TenantReadings?
    package var next: NextTurn
    /// Nothing of the turn may be done outside, and no other be begun, before this is durable; nil: all is.
    package var unsettled: UnsettledCommit?
}

/// A commit that the tenant's file may lose with the power: a journal must have it, or the file be synced.
package struct UnsettledCommit: Sendable {
    /// What the transaction did.
    package let redo: RedoRecord
    /// The newest event's number before it, and after.
    package let base: Int64
    package let newest: Int64
}

/// When a tenant wants its next turn.
package enum NextTurn: Sendable {
    case now
    case at(Timestamp)
    case never
    /// Something is to be written, and the tenant isn't marked open: tell ``TenantCore/allowWrites()`` or
    /// ``TenantCore/refuseWrites()`` when that is decided.
    case whenMarked
    /// The store failed: close the tenant and open it anew.
    case broken(StorageError)
}

/// What a tenant uses beside its store.
package struct TenantTools: Sendable {
    /// The tenant's processor as it is now; nil without a key.
    package var processor: @Sendable () -> (any PaymentProcessor)?
    package var sealer: any NextActionSealer
    /// A digest of a principal and its key, for `remit_key`.
    package var keyDigest: @Sendable (PrincipalID, String) -> String
    /// Whether a commit may leave its sync to a journal now.
    package var leavesSync: @Sendable () -> Bool
    /// Called before a turn writes, which takes longer than a read.
    package var willWrite: @Sendable () -> Void
    /// Called when a turn has written all but the COMMIT.
    package var didWrite: @Sendable () -> Void
    /// Called before a turn waits for the disk, so that others' turns needn't.
    package var willBlock: @Sendable () -> Void
    /// Called when the disk has answered.
    package var didBlock: @Sendable () -> Void

    package init(
        processor: @escaping @Sendable () -> (any PaymentProcessor)?, sealer: any NextActionSealer,
        keyDigest: @escaping @Sendable (PrincipalID, String) -> String,
        leavesSync: @escaping @Sendable () -> Bool = { false },
        willWrite: @escaping @Sendable () -> Void = {}, didWrite: @escaping @Sendable () -> Void = {},
        willBlock: @escaping @Sendable () -> Void = {}, didBlock: @escaping @Sendable () -> Void = {}
    ) {
        self.processor = processor
        self.sealer = sealer
        self.keyDigest = keyDigest
        self.leavesSync = leavesSync
        self.willWrite = willWrite
        self.didWrite = didWrite
        self.willBlock = willBlock
        self.didBlock = didBlock
    }
}
