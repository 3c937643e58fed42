import Foundation
import Logging
import RemitDomain
import RemitService
import RemitStorage
import RemitStripe
import RemitStripeSimulator
import RemitTesting
import Synchronization

@testable import RemitTenant

/// A caller who waits for its answer.
final class WaitingCaller: CallerDesk {
    private let answer = TestSignal<DeliveryResult>()

    func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    /// As the tenant knows it.
    var handle: Caller { Caller(desk: self) }

    func receive(_ result: DeliveryResult) { answer.send(result) }

    func result() async -> DeliveryResult { await answer.next() }
}

/// A connection with many calls: keeps what each was told, in the order of the turns that told it.
final class ManyCallsDesk: CallerDesk {
    struct Told: Sendable {
        var slot: UInt32
        /// Nil: it was answered with an entity.
        var refusal: PaymentError?
    }

    private let turns = Mutex<[[Told]]>([])
    private let answered = TestSignal<Int>()

    func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    /// Takes this desk's part of a turn's answers.
    func receive(_ deliveries: Deliveries) {
        var told: [Told] = []
        for answer in deliveries.answers where answer.caller.desk === self {
            told.append(Told(slot: answer.caller.slot, refusal: answer.result.refusal))
        }
        for found in deliveries.payments where found.desk === self {
            for answer in found.answers {
                if case .refused(let error) = answer.result {
                    told.append(Told(slot: answer.slot, refusal: error))
                } else {
                    told.append(Told(slot: answer.slot))
                }
            }
        }
        guard !told.isEmpty else { return }
        turns.withLock { $0.append(told) }
        answered.send(told.count)
    }

    /// What its calls were told, turn by turn, once as many as `count` were answered.
    func told(_ count: Int) async -> [[Told]] {
        var seen = 0
        while seen < count { seen += await answered.next() }
        return turns.withLock { $0 }
    }
}

/// A processor that notes whether it runs on a storage thread, and can be held.
struct WatchedProcessor: PaymentProcessor {
    let inner: StripeProcessor<SimulatorBooks, ManualClock>
    let watch: Watch

    final class Watch: Sendable {
        let names = Mutex<Set<UInt>>([])
        let gate = Mutex<TestSignal<Void>?>(nil)
        let entered = TestSignal<Void>()
    }

    func prepare(_ intent: ProcessorIntent, _ identity: CallIdentity) throws(NotSent) -> PreparedCall {
        try inner.prepare(intent, identity)
    }

    @concurrent func send(_ call: PreparedCall) async -> Answer {
        watch.names.withLock { _ = $0.insert(UInt(pthread_self())) }
        if let gate = watch.gate.withLock({ $0 }) {
            watch.entered.send()
            await gate.next()
        }
        return await inner.send(call)
    }

    @concurrent func fetch(_ object: ProcessorObject) async -> Fetched { await inner.fetch(object) }

    @concurrent func lookUp(_ call: PreparedCall) async -> LookedUp { await inner.lookUp(call) }

    func received(webhook body: [UInt8]) throws(MalformedEvent) -> ReceivedWebhook {
        try inner.received(webhook: body)
    }

    func event(fromStored body: [UInt8]) throws(MalformedEvent) -> ProcessorEvent { try inner.event(fromStored: body) }
}

/// A whole data directory beside a simulator; ``restart()`` is a process that ended and one that starts.
final class DirectoryBench {
    typealias Directory = TenantDirectory

    struct Processors: ProcessorSource {
        let processor: WatchedProcessor
        func processor(for tenant: TenantID) -> (any PaymentProcessor)? { processor }
    }

    let folder: TemporaryDirectory
    let clock = ManualClock()
    let books: SimulatorBooks
    let watch = WatchedProcessor.Watch()
    /// Gets its part of every turn's answers.
    let desk = ManyCallsDesk()
    private(set) var data: DataDirectory
    private(set) var control: ControlPlane
    private(set) var directory: Directory
    private(set) var journal: CommitJournal
    private(set) var kept: KeptCommits
    private(set) var tenants: [TenantID] = []
    private let openTenantsMax: Int
    let seal: SecretSeal

    init(
        tenants count: Int, open: Int, pageMilliseconds: Int64 = TenantReader.pageMillisecondsMax
    ) async throws {
        folder = try TemporaryDirectory()
        books = SimulatorBooks(seed: 1, clock: clock)
        openTenantsMax = open
        seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
        data = try DataDirectory(path: folder.file("data"), creates: true)
        let database = try ControlDatabase.create(path: data.controlPath, seal: seal, at: clock.now())
        control = try ControlPlane(
            database: database, directory: data, clock: clock, randomness: SeededRandom(seed: 1))
        journal = try Self.openJournal(data)
        kept = try KeptCommits(in: data.path)
        directory = Self.make(
            control, data, journal, kept, clock, books, watch, desk, open, pageMilliseconds: pageMilliseconds)
        for index in 0..<count {
            let request = NewTenant(name: "tenant-\(index)", defaultCurrency: .usd)
            tenants.append(try await control.createTenant(request, by: Fixture.principal, key: nil).tenant.id)
        }
    }

    /// As a process does that begins.
    static func openJournal(_ data: DataDirectory) throws -> CommitJournal {
        _ = try JournalRecovery.run(in: data.path, pathOf: data.tenantPath)
        return try CommitJournal.open(in: data.path)
    }

    static func make(
        _ control: ControlPlane, _ data: DataDirectory, _ journal: CommitJournal, _ kept: KeptCommits,
        _ clock: ManualClock, _ books: SimulatorBooks, _ watch: WatchedProcessor.Watch, _ desk: ManyCallsDesk,
        _ open: Int,
        pageMilliseconds: Int64 = TenantReader.pageMillisecondsMax
    ) -> Directory {
        var settings = DirectorySettings()
        settings.openTenantsMax = open
        settings.storageThreads = 2
        settings.readerThreads = 2
        settings.readerConnectionsMax = 8
        settings.pageMilliseconds = pageMilliseconds
        // So that connections are parked all the time.
        settings.lentDescriptorsMax = 1
        let credentials = StripeCredentials(secretKey: StripeSecret("sk_test_0123456789abcdef"))
        let inner = StripeProcessor(exchange: books, clock: clock, credentials: credentials)
        let site = TenantSite(
            directory: data, control: control, journal: journal, kept: kept, clock: clock,
            randomness: SeededRandom(seed: 3), encoder: MessageEncoder.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Directory(
            site: site, processors: Processors(processor: WatchedProcessor(inner: inner, watch: watch)),
            settings: settings, logger: logger
        ) { deliveries in
            desk.receive(deliveries)
            for answer in deliveries.answers { (answer.caller.desk as? WaitingCaller)?.receive(answer.result) }
        }
    }

    /// Ends this process's directory, within so long, and starts another on the same files.
    func restart(within limit: Duration = .seconds(10)) async throws {
        await directory.close(within: limit)
        await control.close()
        let database = try ControlDatabase.open(path: data.controlPath, seal: seal)
        control = try ControlPlane(
            database: database, directory: data, clock: clock, randomness: SeededRandom(seed: 2))
        journal = try Self.openJournal(data)
        kept = try KeptCommits(in: data.path)
        directory = Self.make(control, data, journal, kept, clock, books, watch, desk, openTenantsMax)
    }

    func close() async {
        await directory.close(within: .seconds(10))
        await control.close()
    }

    static func process(_ order: String, amount: Int64 = 1_000) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: amount, paymentMethod: "pm_card_visa")
        verb.offSession = true
        return verb
    }

    static func call(_ verb: any Verb, key: String, on directory: Directory, in tenant: TenantID) async
        -> DeliveryResult
    {
        let caller = WaitingCaller()
        let requester = Requester(principal: Fixture.principal, key: key, digests: [])
        directory.submit(VerbCall(verb, by: requester), from: caller.handle, to: tenant)
        return await caller.result()
    }

    static func read(_ read: ReadCall, on directory: Directory, in tenant: TenantID) async -> DeliveryResult {
        let caller = WaitingCaller()
        directory.submit(read, from: caller.handle, to: tenant)
        return await caller.result()
    }

    /// Descriptors that this process has open on files of this data directory.
    static func descriptors(in data: DataDirectory) -> Int {
        let links = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return links.count { link in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(link)")
            return path?.hasPrefix(data.path + "/tenants") ?? false
        }
    }
}

extension DeliveryResult {
    var isEntity: Bool { if case .entity = self { true } else { false } }
    var refusal: PaymentError? { if case .refused(let error) = self { error } else { nil } }
}
