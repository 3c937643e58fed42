import RemitDomain
import RemitService
import RemitStorage
import RemitStripe
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import Synchronization
import Testing

/// A tenant's core on a clock moved by hand, beside a simulator: one thread, every step a test's own choice.
final class TenantRig {
    typealias Core = TenantCore
    typealias Processor = StripeProcessor<SimulatorBooks, ManualClock>

    static let secretKey = "sk_test_0123456789abcdef"

    /// The account of the key, for acts made elsewhere.
    static let account = Simulator.ownAccountID(ofKey: secretKey)

    let clock = ManualClock()
    let random: RemitTesting.SeededRandom
    let books: SimulatorBooks
    let processor: Processor
    let directory: TemporaryDirectory
    let settings: TenantSettings
    private(set) var core: Core
    /// The core's own, for looking into it between turns, and for making it fail.
    private(set) var database: TenantDatabase
    /// Calls to the processor that wait to be sent.
    var work: [ProcessorWork] = []
    /// What waits to be told to the core.
    var entries: [Entry] = []
    /// Whether webhooks are delivered as soon as they are made.
    var deliversWebhooks = true
    /// Whether webhooks arrive before the answer of the call that made them.
    var webhooksOvertake = false
    /// How often the processor was asked what it has, by GET or look-up.
    private(set) var askedCount = 0
    var reached: @Sendable (CrashPoint) -> Void = { _ in }
    private let whenOpened: (Database) throws -> Void
    /// Where commits are made durable for all tenants; nil: each is synced by itself.
    private let journal: TestJournal?
    private(set) var newestSequence: Int64 = 0

    /// A new tenant's, or that of the file in `folder`; it is marked open if it `mayWrite`.
    ///
    /// With a `journal`, which must have been started, commits leave their sync to it where they may.
    ///
    /// `whenOpened` is called before the core sees its file; `coreClock` makes its clock of the rig's.
    init(
        seed: UInt64 = 1, hasKey: Bool = true, settings: TenantSettings = TenantSettings(), inMemory: Bool = false,
        in folder: TemporaryDirectory? = nil, mayWrite: Bool = true, journal: TestJournal? = nil,
        whenOpened: @escaping (Database) throws -> Void = { _ in }, coreClock: (ManualClock) -> any WallClock = { $0 }
    ) throws {
        self.settings = settings
        self.whenOpened = whenOpened
        self.journal = journal
        random = RemitTesting.SeededRandom(seed: seed)
        books = SimulatorBooks(seed: seed, clock: clock)
        let credentials = hasKey ? StripeCredentials(secretKey: StripeSecret(Self.secretKey)) : nil
        processor = Processor(exchange: books, clock: clock, credentials: credentials)
        directory = try folder ?? TemporaryDirectory(inMemory: inMemory)
        let path = directory.file("tenant.sqlite")
        if folder == nil { try Self.makeFile(path) }
        database = try Self.open(path, whenOpened)
        core = try Self.start(
            database, settings, processor, coreClock(clock), random, journal, mayWrite: mayWrite)
    }

    var path: String { directory.file("tenant.sqlite") }

    static func makeFile(_ path: String) throws {
        let identity = TenantIdentity(tenant: Fixture.tenant, epoch: 7, digestKey: Array(0..<16))
        try TenantFile.create(path: path, identity: identity)
    }

    private static func open(_ path: String, _ whenOpened: (Database) throws -> Void) throws -> TenantDatabase {
        let database = try TenantDatabase.open(path: path, tenant: Fixture.tenant, encoder: MessageEncoder.self)
        try whenOpened(database.connection)
        return database
    }

    private static func start(
        _ database: TenantDatabase, _ settings: TenantSettings, _ processor: Processor,
        _ clock: any WallClock, _ random: RemitTesting.SeededRandom, _ journal: TestJournal?, mayWrite: Bool = true
    ) throws -> Core {
        var settings = settings
        settings.defaultCurrency = .usd
        let seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
        let tools = TenantTools(
            processor: { processor }, sealer: SecretNextActionSealer(seal: seal, tenant: Fixture.tenant),
            keyDigest: { principal, key in "\(principal.text.count)\(key.count)" },
            leavesSync: { journal?.takesCommits ?? false })
        return try Core(
            tenant: Fixture.tenant, database: database, tools: tools, settings: settings, clock: clock,
            randomness: random, mayWrite: mayWrite)
    }

    /// The process ends here: what wasn't committed is gone, and so is everybody who waited.
    func crash() throws {
        close()
        work = []
        entries = []
        try journal?.start()
        database = try Self.open(path, whenOpened)
        core = try Self.start(database, settings, processor, clock, random, journal)
    }

    /// Closes the file.
    ///
    /// Harmless twice.
    func close() {
        core.close()
        database.close()
    }

    // MARK: - Telling

    /// Submits a verb; its answer comes with ``settle()``.
    @discardableResult
    func submit(
        _ verb: any Verb, key: String? = nil, principal: PrincipalID = Fixture.principal,
        digests: [FieldDigest] = []
    ) -> TestCaller {
        let caller = TestCaller()
        let requester = Requester(principal: principal, key: key, digests: digests)
        entries.append(.verb(VerbCall(verb, by: requester), caller.handle))
        return caller
    }

    @discardableResult
    func submit(_ read: ReadCall) -> TestCaller {
        let caller = TestCaller()
        entries.append(.read(read, caller.handle))
        return caller
    }

    /// Submits a verb and lets everything come to rest.
    func call(_ verb: any Verb, key: String? = nil, digests: [FieldDigest] = []) async -> TestCaller {
        let caller = submit(verb, key: key, digests: digests)
        await settle()
        return caller
    }

    func read(_ read: ReadCall) -> TestCaller {
        let caller = submit(read)
        turn()
        return caller
    }

    // MARK: - Running

    /// One turn of the core, and those that it wants at once.
    func turn() {
        var isFirst = true
        while isFirst || !entries.isEmpty {
            isFirst = false
            let batch = entries
            entries = []
            var next = run(batch)
            while case .now = next { next = run([]) }
        }
    }

    private func run(_ batch: [Entry]) -> NextTurn {
        var turn = core.turn(batch)
        if let commit = turn.unsettled, let journal, !journal.settle(commit, of: Fixture.tenant) {
            turn = core.settleAlone(turn)
        }
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        work += turn.work
        if let sequence = turn.newestSequence { newestSequence = sequence }
        if case .broken = turn.next { return turn.next }
        expectTruth(of: turn)
        return core.upkeep() ? .now : turn.next
    }

    /// What a turn says of the rows is what they say themselves, however it came to know.
    private func expectTruth(of turn: Turn) {
        guard let outlook = try? database.read({ rows throws(StorageError) in try rows.outlook() }) else { return }
        #expect(turn.newestSequence == outlook.newestSequence)
        if let readings = turn.readings {
            #expect(readings.inboxDepth == outlook.inboxDepth)
            #expect(readings.oldestUnknown == outlook.oldestUnknown?.milliseconds)
        }
        if let due = outlook.nextDue { #expect(core.nextDue.map { $0 <= due } ?? false) }
    }

    /// Sends one call that waits, and queues its answer.
    func perform(_ index: Int = 0) async {
        switch work.remove(at: index) {
        case .send(let operation, let call): entries.append(.answered(operation, await processor.send(call)))
        case .lookUp(let operation, let call):
            askedCount += 1
            entries.append(.lookedUp(operation, await processor.lookUp(call)))
        case .fetch(let due):
            askedCount += 1
            entries.append(.fetched(due, await processor.fetch(due.object)))
        }
    }

    /// Queues the webhooks that the simulator has made.
    func deliverWebhooks() {
        for delivery in books.takeDeliveries() { deliver(delivery) }
    }

    @discardableResult
    func deliver(_ delivery: EventDelivery) -> TestCaller {
        let caller = TestCaller()
        guard let webhook = try? processor.received(webhook: delivery.body) else {
            preconditionFailure("The simulator's events can be read.")
        }
        entries.append(.webhook(webhook, caller.handle))
        return caller
    }

    /// Turns, sends and delivers until nothing is left to do at this moment.
    func settle() async {
        repeat {
            turn()
            while !work.isEmpty { await perform() }
            if deliversWebhooks {
                let answers = entries
                if webhooksOvertake { entries = [] }
                deliverWebhooks()
                if webhooksOvertake {
                    turn()
                    entries += answers
                }
            }
        } while !entries.isEmpty || !work.isEmpty
    }

    /// Moves the clock from one due moment to the next until nothing is due, or so many milliseconds have passed.
    func settle(forMilliseconds limit: Int64) async {
        let end = clock.now() + limit
        await settle()
        while let due = core.nextDue, due <= end {
            clock.set(max(due, clock.now()))
            await settle()
        }
        clock.set(end)
        await settle()
    }
}
