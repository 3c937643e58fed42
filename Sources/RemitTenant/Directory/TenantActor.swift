import RemitDomain
import RemitStorage
import Synchronization

/// One tenant: its core, opened on the first turn, and the way to it from other threads.
///
/// It is its own executor: isolated to it is the thread that runs its turn, whichever of the pool's that is.
actor TenantActor: TurnTaker, JournalWaiter, SerialExecutor {
    /// How the actor's life ends.
    private enum Stage {
        case serving
        /// Idle when it was asked to leave; the readers' connections go first, so that the writer's close checkpoints.
        case closingReaders
        case left
    }

    /// What has become of the mark that it asked for.
    private enum MarkAnswer: Int, AtomicRepresentable {
        case none, marked, failed
    }

    /// How far a turn has come.
    private enum Step {
        /// It has ended, but for the actor's jobs.
        case done(wantsMore: Bool, [UnownedJob])
        /// It ends when the journal has made its commit durable.
        case unsettled(UnsettledCommit)
    }

    /// A turn whose commit isn't durable yet.
    private struct OpenTurn {
        let turn: Turn
        /// Whether nobody had called when it began, and the tenant was told that it may rest.
        let mayRest: Bool
    }

    /// What the directory wants of it.
    private enum Wish: Int, AtomicRepresentable {
        case serve
        /// Leave now or say that it stays.
        case leave
        /// Leave as soon as it isn't busy.
        case leaveWhenIdle
    }

    nonisolated let id: TenantID
    private nonisolated let pool: StoragePool
    private nonisolated let rounds: CommitRounds?
    private nonisolated let waits: TurnWaits
    private nonisolated let mailbox = Mailbox<Mail>()
    private nonisolated let wish = Atomic(Wish.serve)
    private nonisolated let mayRest = Atomic(false)
    private nonisolated let markAnswer = Atomic(MarkAnswer.none)
    /// The handle of the thread that runs a turn; 0 between two.
    private nonisolated let runner = Atomic<UInt>(0)
    /// Whether readers beside the writer may see what isn't durable yet.
    private nonisolated let mayBeUnsettled = Atomic(false)
    /// Whether ``timer`` has fired since the last turn.
    private nonisolated let timerHasFired = Atomic(false)
    nonisolated let gauges = TenantGauges()
    private let open: @Sendable (_ mayWrite: Bool) throws(StorageError) -> TenantCore
    private let outside: Outside
    private let settings: TenantSettings
    private var stage = Stage.serving
    private var core: TenantCore?
    private var openTurn: OpenTurn?
    /// Whether the file needs ``TenantCore/upkeep()`` before the next turn.
    private var owesUpkeep = false
    private var timer: Timestamp?
    /// Pages that are being read beside the writer.
    private var pages = 0
    /// Whether a reader may be connected to the file.
    private var mayHaveReader = false
    /// It was kept open because it was busy; the directory waits to hear that it isn't any more.
    private var owesIdle = false
    /// Whether the control file says that it is open: before its first write.
    private var isMarked = false
    private var isMarking = false
    private var toldSequence: Int64 = 0
    /// The actor's jobs that came with this turn's mail.
    private var jobs: [UnownedJob] = []
    /// After a failure the file is left alone for a while.
    private var refusesUntil: Timestamp?
    private var failures = 0

    /// Calls are refused so long after a failure: what they are told to wait before they retry.
    static var refusalMilliseconds: Int64 { 1_000 }
    /// The file is tried by itself 1, 2, 4 … seconds after a failure, and then every 64.
    static var retriesDoubledMax: Int { 6 }

    nonisolated var unownedExecutor: UnownedSerialExecutor { asUnownedSerialExecutor() }

    init(
        id: TenantID, pool: StoragePool, rounds: CommitRounds? = nil, waits: TurnWaits? = nil, outside: Outside,
        _ settings: TenantSettings,
        open: @escaping @Sendable (_ mayWrite: Bool) throws(StorageError) -> TenantCore
    ) {
        self.id = id
        self.pool = pool
        self.rounds = rounds
        self.waits = waits ?? TurnWaits(in: pool)
        self.settings = settings
        self.outside = outside
        self.open = open
    }

    /// Hands mail over, from any thread, in order.
    nonisolated func submit(_ mail: [Mail]) {
        if post(mail) { pool.enqueue(turnOf: self) }
    }

    /// Hands one piece of mail over, from any thread.
    nonisolated func submit(_ mail: Mail) {
        if mailbox.append(mail) { pool.enqueue(turnOf: self) }
    }

    /// Puts mail in, from any thread, in order.
    ///
    /// True: it needs a turn, which the caller must queue.
    nonisolated func post(_ mail: [Mail]) -> Bool {
        !mail.isEmpty && mailbox.append(contentsOf: mail)
    }

    /// Asks the tenant to leave; it answers through ``Outside/closed`` or, when it is busy, ``Outside/keptOpen``.
    nonisolated func requestClose() {
        _ = wish.compareExchange(expected: .serve, desired: .leave, ordering: .acquiringAndReleasing)
        wake()
    }

    /// Asks the tenant to leave when it isn't busy; it answers through ``Outside/closed``.
    nonisolated func requestCloseWhenIdle() {
        wish.store(.leaveWhenIdle, ordering: .releasing)
        wake()
    }

    /// Tells the tenant that nobody has called it for a while: it gives back what it needs only for speed.
    nonisolated func requestRest() {
        mayRest.store(true, ordering: .relaxed)
        wake()
    }

    /// Asks for a turn: to open, to leave, or because a timer has fired.
    nonisolated func wake() {
        if mailbox.schedule() { pool.enqueue(turnOf: self) }
    }

    nonisolated func takeTurn() {
        if rounds != nil { mayBeUnsettled.store(true, ordering: .sequentiallyConsistent) }
        runner.store(SystemThread.current, ordering: .relaxed)
        end(assumeIsolated { $0.turn() })
    }

    nonisolated func settled(_ isDurable: Bool) {
        runner.store(SystemThread.current, ordering: .relaxed)
        end(assumeIsolated { $0.settle(isDurable) })
    }

    private nonisolated func end(_ step: Step) {
        switch step {
        case .done(let wantsMore, let jobs):
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            runner.store(0, ordering: .relaxed)
            if rounds != nil { mayBeUnsettled.store(false, ordering: .releasing) }
            // The last thing: from here on another thread may run the next turn.
            if mailbox.endTurn(wantsMore: wantsMore) { pool.enqueue(turnOf: self) }
        case .unsettled(let commit):
            runner.store(0, ordering: .relaxed)
            // The last thing: from here on another thread may end the turn. Until then no other begins.
            let isTaken = rounds?.append(commit, of: id, for: self) ?? false
            if !isTaken { settled(false) }
        }
    }

    nonisolated func timerFired() {
        timerHasFired.store(true, ordering: .relaxed)
        wake()
    }

    // MARK: - The executor

    nonisolated func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    nonisolated func checkIsolated() {
        precondition(isRunningHere, "A tenant was touched outside of its turn.")
    }

    nonisolated func isIsolatingCurrentContext() -> Bool? { isRunningHere }

    /// Whether the calling thread runs a turn: a thread's own handle is found here only if it put it here itself.
    private nonisolated var isRunningHere: Bool { runner.load(ordering: .relaxed) == SystemThread.current }

    // MARK: - Turns

    private func turn() -> Step {
        // First of all: what is asked for after this has another turn.
        let mail = mailbox.take(settings.membersPerTurnMax, weight: \.weight)
        if timerHasFired.exchange(false, ordering: .relaxed) { timer = nil }
        if owesUpkeep {
            owesUpkeep = false
            // Should it fail, the core tells everybody in this turn.
            _ = core?.upkeep()
        }
        let mayRest = mayRest.load(ordering: .relaxed) && self.mayRest.exchange(false, ordering: .relaxed)
        takeMarkAnswer()
        guard stage == .serving, let core = opened() else {
            refuse(mail)
            return end(wantsMore: false)
        }
        let open = OpenTurn(turn: serve(mail, with: core), mayRest: mayRest && mail.isEmpty)
        if let commit = open.turn.unsettled {
            openTurn = open
            return .unsettled(commit)
        }
        return end(open, of: core, isInRound: false)
    }

    /// The journal has made the open turn's commit durable, or can't.
    private func settle(_ isDurable: Bool) -> Step {
        guard let core, var open = openTurn else { preconditionFailure("A turn was settled that isn't open.") }
        openTurn = nil
        if !isDurable { open = OpenTurn(turn: core.settleAlone(open.turn), mayRest: open.mayRest) }
        return end(open, of: core, isInRound: true)
    }

    private func end(_ open: OpenTurn, of core: TenantCore, isInRound: Bool) -> Step {
        let wantsMore = finish(open.turn, of: core, isInRound: isInRound)
        if open.mayRest, !wantsMore, !isBusy { rest() }
        return end(wantsMore: wantsMore)
    }

    private func end(wantsMore: Bool) -> Step {
        leaveIfAsked()
        return .done(wantsMore: wantsMore, takeJobs())
    }

    private func takeJobs() -> [UnownedJob] {
        guard !jobs.isEmpty else { return [] }
        defer { jobs = [] }
        return jobs
    }

    private func serve(_ mail: [Mail], with core: TenantCore) -> Turn {
        var entries: [Entry] = []
        var gets: [PaymentGets] = []
        for item in mail {
            switch item {
            case .entry(let entry): entries.append(entry)
            case .gets(let batch): gets.append(batch)
            case .page(let page): start(page)
            case .pageEnded(let answer): pageEnded(answer)
            case .readersClosed: break
            case .job(let job): jobs.append(job)
            }
        }
        return core.turn(entries, gets)
    }

    private func rest() {
        guard let core else { return }
        do throws(StorageError) {
            try core.rest()
        } catch {
            close(core)
            failed(error, at: outside.clock.now())
        }
    }

    /// Has the tenant marked open; nobody's mail is taken before that is decided, so that no turn grows meanwhile.
    private func mark() {
        guard !isMarking else { return }
        isMarking = true
        mailbox.pause()
        // Strong, as all that is called once: what was ever referred to weakly is retained by way of another object.
        outside.markOpen(id) { [self] isMarked in
            markAnswer.store(isMarked ? .marked : .failed, ordering: .releasing)
            wake()
        }
    }

    private func takeMarkAnswer() {
        guard isMarking else { return }
        switch markAnswer.exchange(.none, ordering: .acquiring) {
        case .none: return
        case .marked:
            isMarked = true
            core?.allowWrites()
        case .failed:
            if let core { _ = finish(core.refuseWrites(), of: core) }
        }
        isMarking = false
        mailbox.resume()
    }

    private func opened() -> TenantCore? {
        if let core { return core }
        let now = outside.clock.now()
        if let refusesUntil, now < refusesUntil { return nil }
        waits.begin()
        defer { waits.end() }
        do throws(StorageError) {
            let core = try open(isMarked)
            self.core = core
            return core
        } catch {
            failed(error, at: now)
            return nil
        }
    }

    /// Does outside what a turn has earned.
    ///
    /// True: it wants another turn at once. In a round of the journal others' turns wait to be ended, too.
    private func finish(_ turn: Turn, of core: TenantCore, isInRound: Bool = false) -> Bool {
        if !turn.deliveries.isEmpty { outside.deliver(turn.deliveries) }
        for work in turn.work { outside.start(id, work) }
        if let sequence = turn.newestSequence, sequence > toldSequence {
            toldSequence = sequence
            outside.eventsAre(id, sequence)
        }
        if let readings = turn.readings { gauges.update(readings) }
        if case .broken(let error) = turn.next {
            // A failed COMMIT leaves the connection's state in doubt: what was open is found again by recovery.
            close(core)
            failed(error, at: outside.clock.now())
            return false
        }
        failures = 0
        if isInRound, core.isUpkeepDue {
            owesUpkeep = true
            return true
        }
        if core.upkeep() { return true }
        switch turn.next {
        case .now: return true
        case .at(let due): setTimer(due)
        case .whenMarked: mark()
        case .never, .broken: break
        }
        return false
    }

    private func close(_ core: TenantCore) {
        waits.begin()
        core.close()
        waits.end()
        self.core = nil
    }

    private func failed(_ error: StorageError, at now: Timestamp) {
        outside.failed(id, error)
        refusesUntil = now + Self.refusalMilliseconds
        setTimer(now + Self.refusalMilliseconds << Int64(min(failures, Self.retriesDoubledMax)))
        failures += 1
    }

    private func start(_ page: PageRead) {
        pages += 1
        mayHaveReader = true
        page.start { [self] answer in pageWasRead(answer) }
    }

    /// From any thread: what was read may be told when all of it is durable.
    private nonisolated func pageWasRead(_ answer: @escaping @Sendable () -> Void) {
        if mayBeUnsettled.load(ordering: .sequentiallyConsistent) {
            // A turn is under way: the next one begins when its commit is durable.
            submit(.pageEnded(answer))
        } else {
            answer()
            submit(.pageEnded(nil))
        }
    }

    private func pageEnded(_ answer: (@Sendable () -> Void)?) {
        pages -= 1
        answer?()
    }

    /// Refuses all who wait in `mail`, and takes note of the rest.
    private func refuse(_ mail: [Mail]) {
        let deliveries = Deliveries(refusing: mail, with: stage == .serving ? .storageUnavailable : .serverEnding)
        if !deliveries.isEmpty { outside.deliver(deliveries) }
        for item in mail {
            switch item {
            case .pageEnded(let answer): pageEnded(answer)
            case .readersClosed: leave()
            case .entry, .gets, .page: break
            case .job(let job): jobs.append(job)
            }
        }
    }

    /// Keeps the earlier of two timers: a turn too early costs less than moving it with every batch.
    private func setTimer(_ due: Timestamp) {
        if let timer, timer <= due { return }
        timer = due
        pool.setTimer(of: self, at: due)
    }

    // MARK: - Leaving

    private var isBusy: Bool { pages > 0 || core?.isBusy ?? false }

    private func leaveIfAsked() {
        guard stage == .serving else { return }
        let wish = wish.load(ordering: .acquiring)
        guard !isBusy else {
            if wish == .leave { stay() }
            // The directory won't tell it to rest before it is idle, however long nobody calls.
            if owesIdle { core?.giveUpReadLock() }
            return
        }
        // What is in the mailbox comes first; nothing is added to it while the directory waits for an answer.
        if wish != .serve {
            guard mailbox.isEmpty else { return }
            stage = .closingReaders
            if mayHaveReader {
                outside.closeReaders(id) { [self] in submit(.readersClosed) }
            } else {
                leave()
            }
        } else if owesIdle {
            owesIdle = false
            outside.becameIdle(id)
        }
    }

    private func stay() {
        let (isStaying, _) = wish.compareExchange(
            expected: .leave, desired: .serve, ordering: .acquiringAndReleasing)
        guard isStaying else { return }
        owesIdle = true
        outside.keptOpen(id)
    }

    private func leave() {
        guard stage == .closingReaders else { return }
        stage = .left
        if timer != nil { pool.cancelTimer(of: self) }
        guard let core else { return outside.closed(id, .failed) }
        let due = core.nextDue
        close(core)
        outside.closed(id, .clean(nextDue: due))
    }
}
