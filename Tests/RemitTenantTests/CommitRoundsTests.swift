import Dispatch
import RemitDomain
import RemitPowerCut
import RemitService
import RemitStorage
import RemitTesting
import Synchronization
import Testing

@testable import RemitTenant

/// Holds a storage thread from its turn on until it is let go.
private final class Gate: TurnTaker {
    let entered = TestSignal<Void>()
    private let semaphore = DispatchSemaphore(value: 0)

    func takeTurn() {
        entered.send(())
        semaphore.wait()
    }

    func timerFired() {}

    func letGo() { semaphore.signal() }
}

@Suite(.timeLimit(.minutes(1))) struct CommitRoundsTests {
    /// One tenant's actor on one thread, with a journal.
    private struct Scene {
        let folder: TemporaryDirectory
        let journal: CommitJournal
        let pool: StoragePool
        let actor: TenantActor
        let told = TestSignal<DeliveryResult>()
        let toldCount = Counter()

        init() throws {
            folder = try TemporaryDirectory()
            journal = try CommitJournal.open(in: folder.path)
            let clock = ManualClock()
            let pool = StoragePool(threads: 1, cores: 1, clock: clock)
            let rounds = CommitRounds(of: journal, in: pool) { _ in }
            self.pool = pool
            let path = folder.file("tenant.sqlite")
            try TenantRig.makeFile(path)
            let outside = Outside(
                deliver: { [told, toldCount] deliveries in
                    for answer in deliveries.answers {
                        toldCount.add()
                        told.send(answer.result)
                    }
                },
                markOpen: { _, done in done(true) }, start: { _, _ in }, eventsAre: { _, _ in },
                closeReaders: { _, done in done() }, closed: { _, _ in }, keptOpen: { _ in }, becameIdle: { _ in },
                failed: { _, _ in }, clock: clock)
            let seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
            let tools = TenantTools(
                processor: { nil }, sealer: SecretNextActionSealer(seal: seal, tenant: Fixture.tenant),
                keyDigest: { _, _ in "" }, leavesSync: { rounds.takesCommits })
            var settings = TenantSettings()
            settings.defaultCurrency = .usd
            actor = TenantActor(id: Fixture.tenant, pool: pool, rounds: rounds, outside: outside, settings) {
                [settings] mayWrite throws(StorageError) in
                try TenantCore(
                    tenant: Fixture.tenant,
                    database: TenantDatabase.open(path: path, tenant: Fixture.tenant, encoder: MessageEncoder.self),
                    tools: tools, settings: settings, clock: clock, randomness: SeededRandom(seed: 1),
                    mayWrite: mayWrite)
            }
        }

        func submit(_ verb: any Verb) {
            let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
            actor.submit(.entry(.verb(VerbCall(verb, by: requester), TestCaller().handle)))
        }

        /// Runs `body` when the tenant's next turn has committed, and no round has been made.
        func betweenCommitAndRound(_ submit: () -> Void, _ body: () async -> Void) async {
            let (before, after) = (Gate(), Gate())
            pool.enqueue(turnOf: before)
            await before.entered.next()
            submit()
            pool.enqueue(turnOf: after)
            before.letGo()
            await after.entered.next()
            await body()
            after.letGo()
        }
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func add() { value.add(1, ordering: .relaxed) }
        var count: Int { value.load(ordering: .relaxed) }
    }

    @Test func anAnswerLeavesWhenTheJournalHasTheCommitAndNoTurnBeginsBefore() async throws {
        let scene = try Scene()
        defer { scene.pool.stop() }
        // The first write waits for the mark.
        scene.submit(CreatePayment(amount: 1))
        _ = await scene.told.next()
        let before = scene.toldCount.count
        await scene.betweenCommitAndRound {
            scene.submit(CreatePayment(amount: 2))
        } _: {
            #expect(scene.journal.hasUnsettled)
            #expect(scene.toldCount.count == before)
            scene.submit(CreatePayment(amount: 3))
            scene.actor.wake()
        }
        guard case .entity = await scene.told.next(), case .entity = await scene.told.next() else {
            Issue.record("Both are created.")
            return
        }
        #expect(!scene.journal.hasUnsettled)
        // The other two had nobody beside them, and were synced by the tenant itself.
        #expect(scene.journal.readings.records == 1)
    }

    @Test func aPageThatMaySeeTheCommitIsToldAfterIt() async throws {
        let scene = try Scene()
        defer { scene.pool.stop() }
        scene.submit(CreatePayment(amount: 1))
        _ = await scene.told.next()
        let started = TestSignal<@Sendable (@escaping @Sendable () -> Void) -> Void>()
        scene.actor.submit(.page(PageRead(start: { started.send($0) }, refuse: { _ in })))
        let ended = await started.next()
        let answered = TestSignal<Void>()
        let count = Counter()
        await scene.betweenCommitAndRound {
            scene.submit(CreatePayment(amount: 2))
        } _: {
            ended {
                count.add()
                answered.send(())
            }
            #expect(count.count == 0)
        }
        await answered.next()
        #expect(!scene.journal.hasUnsettled)
        // Between turns it is told at once.
        scene.actor.submit(.page(PageRead(start: { started.send($0) }, refuse: { _ in })))
        let again = await started.next()
        again { answered.send(()) }
        await answered.next()
    }

    @Test func manyTenantsCommitsShareRoundsAndACleanEndLeavesNothingToDo() async throws {
        let bench = try await DirectoryBench(tenants: 30, open: 30)
        await withTaskGroup(of: Void.self) { group in
            for tenant in bench.tenants {
                let directory = bench.directory
                group.addTask {
                    for index in 0..<5 {
                        let result = await DirectoryBench.call(
                            CreatePayment(amount: 100), key: "k\(index)", on: directory, in: tenant)
                        #expect(result.isEntity, "\(result)")
                    }
                }
            }
        }
        let readings = bench.journal.readings
        #expect((2...150).contains(readings.records))
        #expect((1..<readings.records).contains(readings.rounds))
        await bench.close()
        let found = try JournalRecovery.run(in: bench.data.path, pathOf: bench.data.tenantPath)
        #expect(found.records == 0)
    }

    @Test func whatGoesToTheProcessorIsSyncedByItsTenantAlone() async throws {
        let bench = try await DirectoryBench(tenants: 1, open: 1)
        let result = await DirectoryBench.call(
            DirectoryBench.process("o"), key: "k", on: bench.directory, in: bench.tenants[0])
        #expect(result.isEntity)
        #expect(bench.journal.readings.records == 0)
        await bench.close()
    }

    /// A core whose commits are left to a journal that nobody keeps, on a disk whose power can go.
    private func rig(_ disk: inout VolatileDisk?) throws -> (TenantCore, TestCaller) {
        let folder = try TemporaryDirectory(inMemory: true)
        disk = VolatileDisk(root: folder.path, random: RemitTesting.SeededRandom(seed: 1), isTearing: false)
        let path = folder.file("tenant.sqlite")
        try TenantRig.makeFile(path)
        let seal = try SecretSeal(masterKey: Array(repeating: 7, count: 32))
        var settings = TenantSettings()
        settings.defaultCurrency = .usd
        let core = try TenantCore(
            tenant: Fixture.tenant,
            database: TenantDatabase.open(path: path, tenant: Fixture.tenant, encoder: MessageEncoder.self),
            tools: TenantTools(
                processor: { nil }, sealer: SecretNextActionSealer(seal: seal, tenant: Fixture.tenant),
                keyDigest: { _, _ in "" }, leavesSync: { true }),
            settings: settings, clock: ManualClock(), randomness: SeededRandom(seed: 1))
        return (core, TestCaller())
    }

    @Test(arguments: [true, false])
    func withoutTheJournalTheTenantsOwnSyncDecides(isPowered: Bool) throws {
        var disk: VolatileDisk?
        let (core, caller) = try rig(&disk)
        defer { disk?.remove() }
        let requester = Requester(principal: Fixture.principal, key: nil, digests: [])
        let turn = core.turn([.verb(VerbCall(CreatePayment(amount: 1), by: requester), caller.handle)])
        #expect(turn.unsettled != nil)
        if !isPowered { disk?.cut() }
        let settled = core.settleAlone(turn)
        #expect(settled.deliveries.answers.count == 1)
        let result = settled.deliveries.answers.first?.result
        if isPowered {
            #expect(result?.isEntity == true)
        } else {
            #expect(result?.refusal?.reason == PaymentError.commitFailed.reason)
            #expect(result?.refusal?.notProcessed == false)
            guard case .broken = settled.next else {
                Issue.record("The file must be opened anew.")
                return
            }
        }
        core.close()
        if !isPowered { disk?.turnOn() }
    }
}
