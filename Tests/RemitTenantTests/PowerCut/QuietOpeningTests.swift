import RemitDomain
import RemitPowerCut
import RemitStorage
import RemitTesting
import Testing

@testable import RemitTenant

/// What an opening leaves alone: on this disk the first change of anything, and the first sync, ends all.
@Suite struct QuietOpeningTests {
    private let folder: TemporaryDirectory
    private let disk: VolatileDisk

    init() throws {
        folder = try TemporaryDirectory(inMemory: true)
        disk = VolatileDisk(root: folder.path, random: SeededRandom(seed: 1), isTearing: false)
    }

    /// A tenant with a payment and with webhooks that were applied, closed as an eviction closes it.
    private func makeTenant() async throws {
        try TenantRig.makeFile(folder.file("tenant.sqlite"))
        let rig = try TenantRig(in: folder)
        #expect(await rig.call(DirectoryBench.process("order-1"), key: "k").message != nil)
        rig.close()
    }

    @Test func aTenantThatIsOnlyReadIsOpenedAndClosedWithoutAWriteOrASync() async throws {
        defer { disk.remove() }
        try await makeTenant()
        disk.plan(PowerCut(nth: 1))
        let rig = try TenantRig(in: folder)
        #expect(rig.read(.payment(.order("order-1"))).message != nil)
        rig.close()
        #expect(disk.isOn, "It did a \(disk.lastCut?.rawValue ?? "thing").")
    }

    @Test func theFirstWriteIsSeenByTheDisk() async throws {
        defer { disk.remove() }
        try await makeTenant()
        disk.plan(PowerCut(nth: 1))
        let rig = try TenantRig(seed: 2, in: folder)
        rig.submit(CreatePayment(amount: 5))
        rig.turn()
        rig.close()
        #expect(disk.lastCut == .logWrite)
    }

    @Test func anOpeningKnowsWhatWasLeft() async throws {
        defer { disk.remove() }
        try await makeTenant()
        let idle = try TenantRig(seed: 2, in: folder)
        let opening = idle.database.opening
        #expect(opening.identity.tenant == Fixture.tenant)
        #expect(opening.lastSequence > 0)
        #expect(!opening.hasOpenOperations && !opening.hasOpenInbox)
        #expect(idle.core.nextDue == nil)
        #expect(opening.oldestReceived != nil)
        // It ends while a call is at the processor.
        idle.submit(DirectoryBench.process("order-2"), key: "k2")
        idle.turn()
        #expect(idle.work.count == 1)
        idle.close()
        let after = try TenantRig(seed: 3, in: folder)
        defer { after.close() }
        #expect(after.database.opening.hasOpenOperations)
        // Recovery has made it unknown, and due.
        #expect(after.core.nextDue != nil)
    }

    @Test func nothingIsWrittenBeforeTheTenantIsMarkedOpenAndNoReadOvertakes() async throws {
        defer { disk.remove() }
        try await makeTenant()
        disk.plan(PowerCut(nth: 1))
        let rig = try TenantRig(seed: 2, in: folder, mayWrite: false)
        defer { rig.close() }
        #expect(rig.read(.payment(.order("order-1"))).message != nil)
        var create = CreatePayment(amount: 5)
        create.orderID = "order-2"
        let callers = [rig.submit(create, key: "k2"), rig.submit(.payment(.order("order-2")))]
        let later = rig.read(.payment(.order("order-2")))
        #expect(callers.allSatisfy { $0.replyCount == 0 } && later.replyCount == 0)
        #expect(rig.core.isBusy)
        #expect(disk.isOn, "It did a \(disk.lastCut?.rawValue ?? "thing").")
        disk.plan(nil)
        rig.core.allowWrites()
        rig.turn()
        #expect((callers + [later]).allSatisfy { $0.message != nil })
        #expect(!rig.core.isBusy)
    }

    @Test func recoveryWaitsForTheMarkAndEverythingElseForRecovery() async throws {
        defer { disk.remove() }
        try await makeTenant()
        let first = try TenantRig(seed: 2, in: folder)
        first.submit(DirectoryBench.process("order-2"), key: "k2")
        first.turn()
        first.close()
        disk.plan(PowerCut(nth: 1))
        let rig = try TenantRig(seed: 3, in: folder, mayWrite: false)
        defer { rig.close() }
        let read = rig.read(.operation(.key("k2", Fixture.principal)))
        #expect(read.replyCount == 0 && rig.core.isBusy && disk.isOn)
        disk.plan(nil)
        rig.core.allowWrites()
        rig.turn()
        guard case .operation(let operation)? = read.reply?.result else {
            Issue.record("\(String(describing: read.reply))")
            return
        }
        #expect(operation.state == .unknown)
    }

    @Test func whoWaitsForAMarkThatCannotBeSetIsToldThatNothingWasDone() async throws {
        defer { disk.remove() }
        try await makeTenant()
        let rig = try TenantRig(seed: 2, in: folder, mayWrite: false)
        defer { rig.close() }
        let callers = [rig.submit(CreatePayment(amount: 5), key: "k2"), rig.submit(.payment(.order("order-1")))]
        rig.turn()
        let turn = rig.core.refuseWrites()
        guard case .broken = turn.next else {
            Issue.record("It goes on without its mark.")
            return
        }
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        for caller in callers {
            #expect(caller.refusal?.reason == "storage_unavailable" && caller.refusal?.notProcessed == true)
        }
    }
}
