import RemitDomain
import RemitPowerCut
import RemitTesting
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// What a tenant's file needs now and then is done when answers have left.
struct UpkeepTests {
    /// One create in a turn of its own, without the upkeep that follows it; its caller has the answer.
    private func create(_ rig: TenantRig) -> TestCaller {
        let caller = rig.submit(CreatePayment(amount: 100))
        let entries = rig.entries
        rig.entries = []
        let turn = rig.core.turn(entries)
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        return caller
    }

    @Test func `a turn answers before its WAL is prewarmed`() throws {
        let rig = try TenantRig(inMemory: true)
        while rig.database.commits < TenantDatabase.prewarmAfterCommits {
            #expect(create(rig).message != nil)
        }
        let written = try rig.database.walBytes()
        #expect(!rig.core.upkeep())
        let prewarmed = try rig.database.walBytes()
        #expect(prewarmed > written)
        // The next step comes some commits later.
        #expect(!rig.core.upkeep())
        #expect(try rig.database.walBytes() == prewarmed)
    }

    @Test func `a turn answers before a checkpoint, which the upkeep after it makes`() throws {
        let rig = try TenantRig(inMemory: true)
        var turns = 0
        while !rig.database.isCheckpointDue, turns < 1_000 {
            turns += 1
            #expect(create(rig).message != nil)
        }
        #expect(create(rig).message != nil)
        #expect(rig.database.isCheckpointDue)
        #expect(!rig.core.upkeep())
        #expect(!rig.database.isCheckpointDue)
        let size = try rig.database.walBytes()
        for _ in 0..<50 { #expect(create(rig).message != nil) }
        #expect(try rig.database.walBytes() == size)
        #expect(!rig.database.isCheckpointDue)
    }

    @Test func `an upkeep that fails breaks the next turn, which tells all who wait`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let disk = VolatileDisk(root: folder.path, random: RemitTesting.SeededRandom(seed: 1), isTearing: false)
        defer { disk.remove() }
        try TenantRig.makeFile(folder.file("tenant.sqlite"))
        let rig = try TenantRig(in: folder)
        defer { rig.close() }
        while rig.database.commits < TenantDatabase.prewarmAfterCommits { #expect(create(rig).message != nil) }
        disk.plan(PowerCut(at: .logExtension, nth: 1))
        #expect(rig.core.upkeep())
        let caller = rig.submit(CreatePayment(amount: 100))
        let turn = rig.core.turn(rig.entries)
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        guard case .broken = turn.next else {
            Issue.record("the store didn't break")
            return
        }
        #expect(caller.refusal?.reason == "storage_unavailable")
        #expect(caller.refusal?.outcome == OperationOutcome.none)
        disk.turnOn()
    }
}
