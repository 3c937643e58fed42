package import Logging
package import RemitDomain
import RemitStorage
import Synchronization

/// All tenants of one data directory: opens them, keeps those in use, closes the others, calls the processor for them.
package final class TenantDirectory: Sendable {
    private typealias Table = OpenTenants<Mail, TenantActor>

    private let site: TenantSite
    private let processors: any ProcessorSource
    private let settings: DirectorySettings
    private let deliver: @Sendable (Deliveries) -> Void
    private let logger: Logger
    private let pool: StoragePool
    private let rounds: CommitRounds?
    private let readers: ReaderPool
    private let pageCaches: PageCacheBudget
    private let descriptors: DescriptorPool
    private let table: Mutex<Table>
    /// When the present period of the tenants' idleness began.
    private let periodBegan: Mutex<Timestamp>
    private let signals = SequenceSignals()
    private let calls: ProcessorCalls
    private let abandoned = Atomic(false)
    /// Finished when the process ends and no tenant is open any more.
    private let allClosed: (stream: AsyncStream<Never>, continuation: AsyncStream<Never>.Continuation)

    /// Opens nothing yet.
    ///
    /// `deliver` is called on storage threads, after the commit that the answers depend on.
    package init(
        site: TenantSite, processors: any ProcessorSource, settings: DirectorySettings, logger: Logger,
        deliver: @escaping @Sendable (Deliveries) -> Void
    ) {
        self.site = site
        self.processors = processors
        self.settings = settings
        self.logger = logger
        self.deliver = deliver
        let pool = StoragePool(threads: settings.storageThreads, cores: settings.cores, clock: site.clock)
        self.pool = pool
        rounds = site.journal.map { journal in
            CommitRounds(of: journal, in: pool) { error in
                logger.error("The journal has failed, and each tenant syncs by itself", metadata: ["error": "\(error)"])
            }
        }
        readers = ReaderPool(
            threads: settings.readerThreads, connectionsMax: settings.readerConnectionsMax, clock: site.clock)
        descriptors = DescriptorPool(
            lentMax: settings.lentDescriptorsMax,
            lentMin: min(settings.lentDescriptorsMin, settings.lentDescriptorsMax))
        table = Mutex(Table(limit: settings.openTenantsMax))
        periodBegan = Mutex(site.clock.now())
        pageCaches = PageCacheBudget(kibibytes: settings.pageCacheKibibytesMax)
        calls = ProcessorCalls(reached: settings.tenant.reached)
        allClosed = AsyncStream<Never>.makeStream()
    }

    /// Submits a mutation.
    ///
    /// Never blocks; the answer comes through `deliver`.
    package func submit(_ call: VerbCall, from caller: Caller, to tenant: TenantID) {
        submit(.entry(.verb(call, caller)), to: tenant)
    }

    /// Submits a point read.
    ///
    /// Never blocks; the answer comes through `deliver`.
    package func submit(_ read: ReadCall, from caller: Caller, to tenant: TenantID) {
        submit(.entry(.read(read, caller)), to: tenant)
    }

    /// Submits calls that came together, in one hand-over.
    ///
    /// Never blocks; the answers come through `deliver`.
    package func submit(_ batch: CallBatch, to tenant: TenantID) {
        let mail = batch.mail
        tell { table in
            guard let actor = table.use(tenant) else { return mail.flatMap { table.received($0, for: tenant) } }
            actor.submit(mail)
            return []
        }
    }

    /// Submits calls that came together for several tenants, in one hand-over.
    ///
    /// Never blocks; the answers come through `deliver`.
    package func submit(_ batches: [(batch: CallBatch, tenant: TenantID)]) {
        var takers: [any TurnTaker] = []
        takers.reserveCapacity(batches.count)
        tell { table in
            var commands: [Table.Command] = []
            for (batch, tenant) in batches {
                if let actor = table.use(tenant) {
                    if actor.post(batch.mail) { takers.append(actor) }
                } else {
                    for mail in batch.mail { commands += table.received(mail, for: tenant) }
                }
            }
            return commands
        }
        // A turn that is asked for may be queued when the table is free again: no tenant leaves before it.
        if !takers.isEmpty { pool.enqueue(turnsOf: takers) }
    }

    /// Submits a webhook whose signature was verified; `.accepted` once it is stored.
    package func submit(_ webhook: ReceivedWebhook, from caller: Caller, to tenant: TenantID) {
        submit(.entry(.webhook(webhook, caller)), to: tenant)
    }

    /// One page of payments, read beside the writer.
    package func findPayments(_ query: PaymentQuery, in tenant: TenantID) async throws(PaymentError) -> PaymentPage {
        try await read(tenant) { reader throws(StorageError) in
            try reader.read { rows throws(StorageError) in try rows.findPayments(query) }
        }
    }

    /// One page of events, read beside the writer.
    package func events(_ query: EventQuery, in tenant: TenantID) async throws(PaymentError) -> EventPage {
        let page = try await read(tenant) { reader throws(StorageError) -> EventPage? in
            let epoch = reader.identity.epoch
            return try reader.read { rows throws(StorageError) in
                if let after = query.after {
                    let isKnown = after.epoch == epoch || (after.epoch == 0 && after.sequence == 0)
                    guard isKnown, try after.sequence <= rows.lastSequence() else { return nil }
                }
                return try rows.events(query, epoch: epoch)
            }
        }
        guard let page else { throw .unknownCursor }
        return page
    }

    /// Returns when the tenant has an event after `sequence`.
    ///
    /// Throws CancellationError when the task is canceled, and a ``PaymentError`` when the process ends.
    package func waitForEvent(after sequence: Int64, in tenant: TenantID) async throws {
        switch await signals.wait(after: sequence, in: tenant) {
        case .isThere: return
        case .canceled: throw CancellationError()
        case .ending: throw PaymentError.serverEnding
        }
    }

    /// Opens, in the background, the tenants that were open at the last end or have something due.
    package func start() { openDue() }

    /// Opens the tenants whose time has come; the server calls it every few seconds.
    ///
    /// Those who find no room now are found again by the next call: a tenant's mark goes when it is opened.
    package func openDue() {
        for tenant in site.control.tenantsToOpen(at: site.clock.now()) { tell { $0.received(nil, for: tenant) } }
    }

    /// Lets those tenants rest that nobody has called for a while; the server calls it every few seconds.
    package func restIdle() {
        let now = site.clock.now()
        let isOver = periodBegan.withLock { began in
            guard abs(now - began) >= settings.restMilliseconds else { return false }
            began = now
            return true
        }
        if isOver { tell { $0.periodEnded() } }
    }

    /// Closes every tenant as soon as it isn't busy, and waits at most so long for that.
    ///
    /// What is at the processor then stays open in its file, and its tenant marked so: the next start finishes it.
    package func close(within limit: Duration) async {
        signals.end()
        tell { $0.end() }
        let stream = allClosed.stream
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        // Who is still open may have commits that only the journal makes durable: the next start looks after them.
        let isOver = table.withLock { $0.isOver }
        tell { $0.abandon() }
        pool.stop()
        if isOver { site.journal?.close() } else { abandoned.store(true, ordering: .releasing) }
        readers.stop()
    }

    /// Whether tenants were busy when the time to close them was over: their turns may still write to their files and to
    /// the journal, until the process has ended, and so nobody else may take the data directory before.
    package var hasAbandoned: Bool { abandoned.load(ordering: .acquiring) }

    /// What operators see.
    package var readings: DirectoryReadings {
        let handles = table.withLock { $0.handles }
        var sum = DirectoryReadings(
            openTenants: handles.count, parkedConnections: descriptors.readings.parked,
            pageCacheKibibytes: pageCaches.takenKibibytes, pageCacheKibibytesMax: pageCaches.limitKibibytes)
        for handle in handles { sum.add(handle.gauges.readings) }
        if let journal = site.journal?.readings {
            sum.journalCommits = journal.records
            sum.journalRounds = journal.rounds
            sum.journalRefused = journal.refused
        }
        return sum
    }

    /// Clients have taken so many more descriptors, negative: fewer; tenants make room for them.
    package func reserveDescriptors(_ change: Int) { descriptors.reserve(change) }

    /// Has the tenants' timers looked at: for clocks that are moved by hand.
    package func clockMoved() { pool.clockMoved() }

    /// The storage threads' handles; for tests.
    var threadHandles: Set<UInt> { pool.handles }

    // MARK: - Entries

    private func submit(_ mail: Mail, to tenant: TenantID) {
        tell { table in
            guard let actor = table.use(tenant) else { return table.received(mail, for: tenant) }
            actor.submit(mail)
            return []
        }
    }

    /// Tells the table something and does what it says.
    ///
    /// Mail is handed over under the table's lock: no tenant leaves between the table's word and the handing over.
    private func tell(_ input: (inout Table) -> [Table.Command]) {
        let (commands, isOver) = table.withLock { table -> ([Table.Command], Bool) in
            let commands = input(&table)
            for command in commands { if case .hand(let actor, let mail) = command { actor.submit(mail) } }
            return (commands, table.isOver)
        }
        for command in commands { execute(command) }
        if isOver { allClosed.continuation.finish() }
    }

    private func execute(_ command: Table.Command) {
        switch command {
        case .open(let tenant):
            site.control.noteOpening(tenant)
            let actor = makeActor(tenant)
            // The first turn opens the file, and with it recovery; a tenant may be opened only for that.
            actor.wake()
            tell { $0.opened(tenant, handle: actor) }
        case .hand: break  // Done under the lock.
        case .rest(let actor): actor.requestRest()
        case .close(let actor): actor.requestClose()
        case .closeWhenIdle(let actor): actor.requestCloseWhenIdle()
        case .refuse(let mail, let refusal):
            let deliveries = Deliveries(refusing: mail, with: refusal.error)
            if !deliveries.isEmpty { deliver(deliveries) }
        }
    }

    private func makeActor(_ tenant: TenantID) -> TenantActor {
        let outside = Outside(
            deliver: deliver,
            markOpen: { [control = site.control] tenant, done in control.markOpen(tenant, done) },
            start: { [weak self] tenant, work in self?.start(work, for: tenant) },
            eventsAre: { [signals] tenant, sequence in signals.eventsAre(sequence, in: tenant) },
            closeReaders: { [readers] tenant, done in readers.close(tenant, then: done) },
            closed: { [weak self] tenant, leaving in self?.closed(tenant, leaving) },
            keptOpen: { [weak self] tenant in self?.tell { $0.keptOpen(tenant) } },
            becameIdle: { [weak self] tenant in self?.tell { $0.becameIdle(tenant) } },
            failed: { [logger] tenant, error in
                logger.error("tenant storage failed", metadata: ["tenant": "\(tenant.text)", "error": "\(error)"])
            },
            clock: site.clock)
        let (site, processors) = (site, processors)
        let waits = TurnWaits(in: pool)
        var limits = settings.tenant
        limits.defaultCurrency = site.control.defaultCurrency(of: tenant)
        let tools = TenantTools(
            processor: { processors.processor(for: tenant) },
            sealer: SecretNextActionSealer(seal: site.control.seal, tenant: tenant),
            keyDigest: { [control = site.control] principal, key in control.keyDigest(principal, key) },
            leavesSync: { [rounds] in rounds?.takesCommits ?? false },
            willWrite: { [pool] in pool.willRunLong() }, didWrite: { [pool] in pool.didRunLong() },
            willBlock: { waits.begin() }, didBlock: { waits.end() })
        return TenantActor(id: tenant, pool: pool, rounds: rounds, waits: waits, outside: outside, limits) {
            [limits, pageCaches, descriptors] mayWrite throws(StorageError) in
            try TenantCore(
                tenant: tenant, database: site.database(tenant, descriptors), tools: tools, settings: limits,
                clock: site.clock, randomness: site.randomness, pageCaches: pageCaches, mayWrite: mayWrite)
        }
    }

    private func closed(_ tenant: TenantID, _ leaving: Leaving) {
        switch leaving {
        case .clean(let due): site.control.markClean(tenant, nextDue: due)
        case .failed: site.control.retryOpening(tenant)
        }
        tell { $0.closed(tenant) }
    }

    private func start(_ work: ProcessorWork, for tenant: TenantID) {
        calls.start(work, with: processors.processor(for: tenant)) { [weak self] (entry: Entry) in
            self?.submit(.entry(entry), to: tenant)
        }
    }

    private func read<R: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws(StorageError) -> R
    ) async throws(PaymentError) -> R {
        let result = await withCheckedContinuation { continuation in
            let start = { @Sendable [self] (ended: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) in
                let open = { @Sendable [site, settings, descriptors] () throws(StorageError) in
                    try site.reader(tenant, descriptors, pageMilliseconds: settings.pageMilliseconds)
                }
                readers.read(tenant, open: open, body) { result in
                    ended { continuation.resume(returning: result.mapError { self.failed(reading: tenant, $0) }) }
                }
            }
            submit(.page(PageRead(start: start) { continuation.resume(returning: .failure($0)) }), to: tenant)
        }
        return try result.get()
    }

    private func failed(reading tenant: TenantID, _ error: StorageError) -> PaymentError {
        logger.error("tenant read failed", metadata: ["tenant": "\(tenant.text)", "error": "\(error)"])
        return error.code == .outOfTime ? .pageOutOfTime : .storageUnavailable
    }
}

extension OpenTenants.Refusal {
    /// What callers are told.
    fileprivate var error: PaymentError {
        switch self {
        case .allBusy: .tooManyOpenTenants
        case .ending: .serverEnding
        }
    }
}
