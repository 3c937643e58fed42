import DequeModule
import RemitDomain
import RemitStorage

extension TenantCore {
    /// How a transaction of members ended.
    private enum OnBatch {
        case committed(Written)
        /// A member met an error of the store's; nothing of the batch is written.
        case rolledBack(StorageError)
        /// Nothing was begun, or ``TenantCore/inDoubt`` members are: the file is opened anew.
        case commitFailed(StorageError)
    }

    /// What a batch has written before its COMMIT.
    private struct Written {
        let count: Int
        /// Webhooks that were applied with the members that stored them.
        let applied: Int
        let hasPhase1: Bool
        let hasPhase3: Bool
        /// Whether something is to be sent to the processor that was saved for it.
        let sends: Bool
        let outlook: Outlook
    }

    /// Runs what waits, in one transaction: optimistically, without savepoints.
    ///
    /// Only an error of the store's rolls it back, and then each member runs alone.
    func runBacklog() throws(StorageError) {
        guard !backlog.isEmpty else { return }
        let batch = Array(backlog.prefix(settings.membersPerTurnMax))
        var effects = Effects()
        switch run(batch, &effects) {
        case .committed(let written):
            removeFromBacklog(written.count)
            committed(written.count + written.applied, effects)
        case .rolledBack:
            try runAlone(batch)
        case .commitFailed(let error):
            throw error
        }
    }

    private func runAlone(_ batch: [Member]) throws(StorageError) {
        for member in batch {
            var effects = Effects()
            switch run([member], isAlone: true, &effects) {
            case .committed:
                committed(1, effects)
            case .rolledBack:
                // An operation that is open stays so; the completer comes back to it.
                if let caller = member.caller { deliver(caller, .refused(.storageUnavailable)) }
                if case .verb(let verb) = member, let queue = verb.queue { admitNext(of: queue) }
            case .commitFailed(let error):
                throw error
            }
            removeFromBacklog(1)
        }
    }

    private func removeFromBacklog(_ count: Int) {
        collected -= backlog.prefix(count).count(where: \.isCollected)
        backlog.removeFirst(count)
    }

    private func run(_ batch: [Member], isAlone: Bool = false, _ effects: inout Effects) -> OnBatch {
        let scene = scene()
        let transaction: TenantTransaction
        do throws(StorageError) {
            transaction = try database.begin()
        } catch {
            return .commitFailed(error)
        }
        let written: Written
        do throws(StorageError) {
            written = try write(batch, isAlone: isAlone, scene, transaction, &effects)
        } catch {
            database.rollback(transaction)
            effects = Effects()
            return .rolledBack(error)
        }
        if written.hasPhase1 { settings.reached(.beforePhase1Commit) }
        if written.hasPhase3 { settings.reached(.beforePhase3Commit) }
        do throws(StorageError) {
            if !isAlone, let base = baseOfUnsynced(written) {
                unsettled = try database.commitUnsynced(transaction).map {
                    UnsettledCommit(redo: $0, base: base, newest: written.outlook.newestSequence)
                }
            } else {
                tools.willBlock()
                defer { tools.didBlock() }
                try database.commit(transaction)
                mustSyncCommit = false
            }
        } catch {
            inDoubt = written.count
            return .commitFailed(error)
        }
        outlook = written.outlook
        if written.hasPhase1 { settings.reached(.afterPhase1Commit) }
        if written.hasPhase3 { settings.reached(.afterPhase3Commit) }
        return .committed(written)
    }

    /// The newest event's number before a transaction that may leave its sync to the journal; nil: it may not.
    ///
    /// The journal tells by that number whether a file has the transaction; without an event nothing would tell. What
    /// is about to be sent to the processor, or was learned there, isn't the journal's: a tenant's own file says it.
    private func baseOfUnsynced(_ written: Written) -> Int64? {
        guard !mustSyncCommit, written.count <= settings.sharedSyncMembersMax, !written.sends, !written.hasPhase3,
            let base = outlook?.newestSequence, written.outlook.newestSequence > base, tools.leavesSync()
        else { return nil }
        return base
    }

    /// Runs the members of a batch, as many as its time allows.
    private func write(
        _ batch: [Member], isAlone: Bool, _ scene: Scene, _ tx: borrowing TenantTransaction, _ effects: inout Effects
    ) throws(StorageError) -> Written {
        tools.willWrite()
        defer { tools.didWrite() }
        var count = 0
        var phases = (first: false, third: false)
        for member in batch {
            if count > 0, clock.now() - scene.now >= settings.turnMilliseconds { break }
            try run(member, scene, tx, &effects)
            phases = (phases.first || member.isPhase1, phases.third || member.isPhase3)
            count += 1
        }
        let applied = try applyStored(atMost: isAlone ? 0 : .max, scene, tx, &effects)
        let outlook = try tx.outlook()
        return Written(
            count: count, applied: applied, hasPhase1: phases.first, hasPhase3: phases.third,
            sends: effects.startedCount > 0, outlook: outlook)
    }

    /// Applies webhooks in the transaction that stores them: a COMMIT less for each that comes by itself.
    ///
    /// Only while nothing of the inbox waits before them; the others are applied by the turns after this. Returns how
    /// many were.
    private func applyStored(
        atMost limit: Int, _ scene: Scene, _ tx: borrowing TenantTransaction, _ effects: inout Effects
    ) throws(StorageError) -> Int {
        guard !effects.stored.isEmpty else { return 0 }
        let stored = effects.stored
        effects.stored = []
        let pump = Pump(scene: scene, awaited: flights.awaitedOperations)
        var count = 0
        while count < min(stored.count, limit), !mayHaveInbox, !effects.wakesInbox,
            clock.now() - scene.now < settings.turnMilliseconds
        {
            try pump.apply(stored[count], tx, &effects)
            count += 1
        }
        if count < stored.count { effects.add(.received) }
        return count
    }

    private func run(
        _ member: Member, _ scene: Scene, _ tx: borrowing TenantTransaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        var settlement: Settlement { Settlement(scene: scene, awaited: flights.awaitedOperations) }
        var pump: Pump { Pump(scene: scene, awaited: flights.awaitedOperations) }
        switch member {
        case .verb(let verb):
            try runVerb(verb, scene, tx, &effects)
        case .answered(let operation, let answer, let version):
            try settlement.answered(operation, answer, version: version, tx, &effects)
        case .lookedUp(let operation, let found):
            try settlement.lookedUp(operation, found, tx, &effects)
        case .fetched(let due, let fetched):
            try settlement.fetched(due, fetched, tx, &effects)
        case .due(let operation):
            try settlement.due(operation, tx, &effects)
        case .startFetch(let due):
            try startFetch(due, scene, tx, &effects)
        case .store(let webhook, let caller):
            try pump.store(webhook, for: caller, tx, &effects)
        case .apply(let entry):
            try pump.apply(entry, tx, &effects)
        }
    }

    func scene() -> Scene {
        Scene(
            tenant: tenant, settings: settings, now: clock.now(), findProcessor: tools.processor, ids: ids,
            randomness: randomness, sealer: tools.sealer, keyDigest: tools.keyDigest)
    }

    /// Sends a GET that is due.
    ///
    /// It is due again later, should its answer never come.
    private func startFetch(
        _ due: DueFetch, _ scene: Scene, _ tx: borrowing TenantTransaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard let waiting = try tx.fetch(of: due.object), waiting.dueAt <= scene.now else { return }
        try tx.scheduleFetch(of: due.object, at: scene.now + Operation.budgetMilliseconds, reason: due.reason)
        if let started = try tx.fetch(of: due.object) { effects.add(.fetch(started)) }
    }
}
