package import Logging
package import RemitDomain
import RemitStorage
import Synchronization

/// All tenants of one data directory: opens them, keeps those in use, closes the others, calls the processor for them.
package final class TenantDirectory<Caller: TenantCaller, Encoder: EntityEncoder>: Sendable {
    private typealias Table = OpenTenants<Entry<Caller>, TenantActor<Caller, Encoder>>

    private let site: TenantSite
    private let processors: any ProcessorSource
    private let settings: DirectorySettings
    private let deliver: @Sendable (Deliveries<Caller>) -> Void
    private let logger: Logger
    private let threads: [StorageThread]
    private let readers: ReaderPool<Encoder>
    private let table: Mutex<Table>
    private let signals = SequenceSignals()
    private let calls: ProcessorCalls

    /// Opens nothing yet. `deliver` is called on storage threads, after the commit that the answers depend on.
    package init(
        site: TenantSite, processors: any ProcessorSource, settings: DirectorySettings, logger: Logger,
        deliver: @escaping @Sendable (Deliveries<Caller>) -> Void
    ) {
        self.site = site
        self.processors = processors
        self.settings = settings
        self.logger = logger
        self.deliver = deliver
        threads = (0..<settings.storageThreads).map { _ in StorageThread(clock: site.clock) }
        readers = ReaderPool(
            threads: settings.readerThreads, connectionsMax: settings.readerConnectionsMax, clock: site.clock)
        table = Mutex(Table(limit: settings.openTenantsMax))
        calls = ProcessorCalls(reached: settings.tenant.reached)
    }

    /// Submits a mutation. Never blocks; the answer comes through `deliver`.
    package func submit(_ call: VerbCall, from caller: Caller, to tenant: TenantID) {
        submit(.verb(call, caller), to: tenant)
    }

    /// Submits a point read. Never blocks; the answer comes through `deliver`.
    package func submit(_ read: ReadCall, from caller: Caller, to tenant: TenantID) {
        submit(.read(read, caller), to: tenant)
    }

    /// Submits a webhook's raw body whose signature was verified; `.accepted` once it is stored.
    package func submit(webhook body: [UInt8], from caller: Caller, to tenant: TenantID) {
        submit(.webhook(body, caller), to: tenant)
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

    /// Returns when the tenant has an event after `sequence`, when the server drains, or when the task is canceled.
    package func waitForEvent(after sequence: Int64, in tenant: TenantID) async {
        await signals.wait(after: sequence, in: tenant)
    }

    /// Opens, in the background, the tenants that were open at the last end or have something due.
    package func start() {
        for tenant in site.control.tenantsToOpen(at: site.clock.now()) { open(tenant) }
    }

    /// Opens the tenants whose time has come; the server calls it every few seconds.
    package func openDue() { start() }

    /// Closes every tenant that isn't busy, and waits at most so long for those that are.
    package func close(within limit: Duration) async {
        signals.end()
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            let commands = table.withLock { $0.closeAll() }
            execute(commands)
            if table.withLock({ $0.count }) == 0 { break }
            try? await Task.sleep(for: .milliseconds(10))
        }
        for thread in threads { thread.stop() }
        readers.stop()
    }

    /// What operators see.
    package var readings: DirectoryReadings {
        let handles = table.withLock { $0.handles }
        var sum = DirectoryReadings(openTenants: handles.count)
        for handle in handles { sum.add(handle.gauges.readings) }
        return sum
    }

    /// Asks every storage thread to look at its timers: for clocks that are moved by hand.
    package func clockMoved() {
        for thread in threads { thread.wake() }
    }

    // MARK: - Entries

    /// Wants a tenant open, for nothing else.
    private func open(_ tenant: TenantID) {
        let commands = table.withLock { $0.received(nil, for: tenant) }
        execute(commands)
    }

    private func submit(_ entry: Entry<Caller>, to tenant: TenantID) {
        execute(table.withLock { $0.received(entry, for: tenant) })
    }

    private func execute(_ commands: [Table.Command]) {
        for command in commands {
            switch command {
            case .mark(let tenant):
                site.control.markOpen(tenant) { [self] isMarked in
                    guard isMarked else { return execute(table.withLock { $0.failedToOpen(tenant) }) }
                    let actor = makeActor(tenant)
                    // The first turn opens the file, and with it recovery; a tenant may be opened only for that.
                    actor.wake()
                    execute(table.withLock { $0.markedOpen(tenant, handle: actor) })
                }
            case .hand(let actor, let entries):
                actor.submit(entries)
            case .close(let actor):
                // Readers first, so that the writer's close finds itself alone and checkpoints.
                readers.close(actor.id) { actor.requestClose() }
            case .refuse(let entries):
                deliver(Deliveries(refusing: entries, with: .tooManyOpenTenants))
            }
        }
    }

    private func makeActor(_ tenant: TenantID) -> TenantActor<Caller, Encoder> {
        let outside = Outside<Caller>(
            deliver: deliver,
            start: { [weak self] tenant, work in self?.start(work, for: tenant) },
            eventsAre: { [signals] tenant, sequence in signals.eventsAre(sequence, in: tenant) },
            closed: { [weak self] tenant, due in self?.closed(tenant, due) },
            keptOpen: { [weak self] tenant in self.map { it in it.execute(it.table.withLock { $0.keptOpen(tenant) }) } },
            failed: { [logger] tenant, error in
                logger.error("tenant storage failed", metadata: ["tenant": "\(tenant.text)", "error": "\(error)"])
            },
            clock: site.clock)
        let place = Int(UInt(bitPattern: tenant.text.hashValue) % UInt(threads.count))
        let (site, processors) = (site, processors)
        var limits = settings.tenant
        limits.defaultCurrency = site.control.defaultCurrency(of: tenant)
        let tools = TenantTools(
            processor: { processors.processor(for: tenant) },
            sealer: SecretNextActionSealer(seal: site.control.seal, tenant: tenant),
            keyDigest: { [control = site.control] principal, key in control.keyDigest(principal, key) })
        return TenantActor(id: tenant, thread: threads[place], outside: outside, limits) {
            [limits] () throws(StorageError) in
            let database = try TenantDatabase<Encoder>.open(path: site.directory.tenantPath(tenant), tenant: tenant)
            return try TenantCore(
                tenant: tenant, database: database, tools: tools, settings: limits, clock: site.clock,
                randomness: site.randomness)
        }
    }

    private func closed(_ tenant: TenantID, _ due: Timestamp?) {
        site.control.markClean(tenant, nextDue: due)
        execute(table.withLock { $0.closed(tenant) })
    }

    private func start(_ work: ProcessorWork, for tenant: TenantID) {
        calls.start(work, with: processors.processor(for: tenant)) { [weak self] (entry: Entry<Caller>) in
            self?.submit(entry, to: tenant)
        }
    }

    private func read<R: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader<Encoder>) throws(StorageError) -> R
    ) async throws(PaymentError) -> R {
        open(tenant)
        do throws(StorageError) {
            return try await readers.read(tenant, open: { [site] () throws(StorageError) in try site.reader(tenant) }, body)
        } catch {
            logger.error("tenant read failed", metadata: ["tenant": "\(tenant.text)", "error": "\(error)"])
            throw .storageUnavailable
        }
    }
}
