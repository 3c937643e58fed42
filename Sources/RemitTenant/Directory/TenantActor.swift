import RemitDomain
import RemitStorage
import Synchronization

/// One tenant in service: the only way to its data. It lives on a storage thread and works in turns.
///
/// The file is opened by the first turn, not by the initializer, which runs elsewhere.
actor TenantActor<Caller: TenantCaller, Encoder: EntityEncoder>: TurnTaker {
    nonisolated let id: TenantID
    private nonisolated let thread: StorageThread
    private nonisolated let mailbox = Mailbox<Entry<Caller>>()
    private nonisolated let wantsClose = Atomic(false)
    nonisolated let gauges = TenantGauges()
    private let open: @Sendable () throws(StorageError) -> TenantCore<Caller, Encoder>
    private let outside: Outside<Caller>
    private let settings: TenantSettings
    private var core: TenantCore<Caller, Encoder>?
    private var timer: Timestamp?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        id: TenantID, thread: StorageThread, outside: Outside<Caller>, _ settings: TenantSettings,
        open: @escaping @Sendable () throws(StorageError) -> TenantCore<Caller, Encoder>
    ) {
        self.id = id
        self.thread = thread
        self.settings = settings
        self.outside = outside
        self.open = open
    }

    /// Hands entries over, from any thread, in order.
    nonisolated func submit(_ entries: [Entry<Caller>]) {
        guard !entries.isEmpty else { return }
        if mailbox.append(contentsOf: entries) { thread.enqueue(turnOf: self) }
    }

    /// Hands one entry over, from any thread.
    nonisolated func submit(_ entry: Entry<Caller>) {
        if mailbox.append(entry) { thread.enqueue(turnOf: self) }
    }

    /// Asks the tenant to close; it answers through ``Outside/closed`` or, when it is busy, ``Outside/keptOpen``.
    nonisolated func requestClose() {
        wantsClose.store(true, ordering: .releasing)
        wake()
    }

    /// Asks for a turn: to open, or because its clock was moved.
    nonisolated func wake() {
        if mailbox.schedule() { thread.enqueue(turnOf: self) }
    }

    nonisolated func takeTurn() {
        assumeIsolated { $0.turn() }
    }

    private func turn() {
        let entries = mailbox.take(settings.membersPerTurnMax)
        let wantsMore = opened(orRefusing: entries).map { run(entries, on: $0) } ?? false
        if mailbox.endTurn(wantsMore: wantsMore) {
            thread.enqueue(turnOf: self)
        } else if wantsClose.exchange(false, ordering: .acquiringAndReleasing) {
            closeIfIdle()
        }
    }

    private func opened(orRefusing entries: [Entry<Caller>]) -> TenantCore<Caller, Encoder>? {
        if let core { return core }
        do throws(StorageError) {
            let core = try open()
            self.core = core
            return core
        } catch {
            outside.failed(id, error)
            outside.deliver(Deliveries(refusing: entries, with: .storageUnavailable))
            return nil
        }
    }

    /// Runs a turn; whether the core wants the next one at once.
    private func run(_ entries: [Entry<Caller>], on core: TenantCore<Caller, Encoder>) -> Bool {
        let turn = core.turn(entries)
        outside.deliver(turn.deliveries)
        for work in turn.work { outside.start(id, work) }
        if let sequence = turn.newestSequence { outside.eventsAre(id, sequence) }
        gauges.update(turn.readings)
        switch turn.next {
        case .now:
            return true
        case .at(let due):
            setTimer(due)
            return false
        case .never:
            return false
        case .broken(let error):
            // A failed COMMIT leaves the connection's state in doubt: what was open is found again by recovery.
            outside.failed(id, error)
            self.core?.close()
            self.core = nil
            return true
        }
    }

    private func setTimer(_ due: Timestamp) {
        if let timer, timer <= due, timer > outside.clock.now() { return }
        timer = due
        // Weak: a timer that is far away must not keep a tenant that has closed.
        thread.enqueue(turnOf: ThreadJob { [weak self] in self?.wake() }, at: due)
    }

    private func closeIfIdle() {
        guard let core else {
            outside.closed(id, nil)
            return
        }
        guard !core.isBusy else {
            outside.keptOpen(id)
            return
        }
        let due = core.nextDue
        core.close()
        self.core = nil
        outside.closed(id, due)
    }
}
