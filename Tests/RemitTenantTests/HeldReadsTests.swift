import RemitDomain
import RemitPowerCut
import RemitTesting
import Synchronization
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// Reads that wait behind a write, for the tenant's mark, are answered exactly once, however the turn after it ends.
@Suite struct HeldReadsTests {
    /// A connection with as many calls as one likes.
    private final class Desk: CallerDesk {
        func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { true }
        func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { true }
        func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { true }
    }

    private let desk = Desk()

    private func gets(_ slots: Range<UInt32>) -> PaymentGets {
        var gets = PaymentGets(desk: desk)
        for slot in slots { gets.append(.order, "order-1".utf8Span.span, slot: slot, generation: 1) }
        return gets
    }

    private func create() -> CreatePayment {
        var create = CreatePayment(amount: 500)
        create.orderID = "order-1"
        return create
    }

    /// A tenant that isn't marked open, with a write, a read and two gets that wait for that.
    private func waiting(
        _ rig: TenantRig
    ) -> (write: TestCaller, read: TestCaller) {
        let callers = (rig.submit(create(), key: "k"), rig.submit(.payment(.order("order-1"))))
        let turn = rig.core.turn(rig.entries, [gets(0..<2)])
        rig.entries = []
        #expect(turn.deliveries.isEmpty)
        guard case .whenMarked = turn.next else {
            Issue.record("It doesn't wait for its mark.")
            return callers
        }
        return callers
    }

    /// What each slot was told: nil is an entity.
    private func told(_ turn: Turn) -> [UInt32: PaymentError?] {
        var told: [UInt32: PaymentError?] = [:]
        for found in turn.deliveries.payments {
            #expect(found.desk === desk)
            for answer in found.answers {
                #expect(told[answer.slot] == nil, "A get is answered once.")
                switch answer.result {
                case .message: told.updateValue(nil, forKey: answer.slot)
                case .refused(let error): told.updateValue(error, forKey: answer.slot)
                }
            }
        }
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        return told
    }

    private func isBroken(_ turn: Turn) -> Bool { if case .broken = turn.next { true } else { false } }

    private func expectNothingDone(_ error: PaymentError?) {
        #expect(error?.reason == "storage_unavailable")
        #expect(error?.outcome == OperationOutcome.none)
        #expect(error?.notProcessed == true)
    }

    @Test func aTransactionThatCannotBeginRefusesAllOfThemOnce() throws {
        let rig = try TenantRig(mayWrite: false)
        defer { rig.close() }
        let callers = waiting(rig)
        rig.core.allowWrites()
        try rig.database.connection.execute("PRAGMA query_only = ON")
        let turn = rig.core.turn([], [gets(2..<4)])
        #expect(isBroken(turn))
        let told = told(turn)
        #expect(Set(told.keys) == [0, 1, 2, 3])
        for error in told.values { expectNothingDone(error) }
        for caller in [callers.write, callers.read] {
            #expect(caller.replyCount == 1)
            expectNothingDone(caller.refusal)
        }
    }

    @Test func aCommitThatFailsLeavesTheWriteUnknownAndTheReadsRefused() throws {
        let rig = try TenantRig(mayWrite: false)
        defer { rig.close() }
        let callers = waiting(rig)
        rig.core.allowWrites()
        rig.database.beforeCommit = { () throws(StorageError) in throw StorageError(.io, message: "The disk is gone.") }
        let turn = rig.core.turn([], [gets(2..<3)])
        #expect(isBroken(turn))
        let told = told(turn)
        #expect(Set(told.keys) == [0, 1, 2])
        for error in told.values { expectNothingDone(error) }
        #expect(callers.write.replyCount == 1)
        #expect(callers.write.refusal?.reason == "commit_failed")
        #expect(callers.write.refusal?.outcome == .unknown)
        #expect(callers.read.replyCount == 1)
        expectNothingDone(callers.read.refusal)
    }

    @Test func aDiskThatGoesAfterTheCommitIsToldToNobodyTwice() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let disk = VolatileDisk(root: folder.path, random: SeededRandom(seed: 1), isTearing: false)
        defer { disk.remove() }
        try TenantRig.makeFile(folder.file("tenant.sqlite"))
        var settings = TenantSettings()
        settings.reached = { [disk] point in if point == .afterPhase1Commit { disk.cut() } }
        let rig = try TenantRig(settings: settings, in: folder, mayWrite: false)
        let callers = waiting(rig)
        rig.core.allowWrites()
        let turn = rig.core.turn([], [gets(2..<3)])
        #expect(isBroken(turn))
        let told = told(turn)
        #expect(Set(told.keys) == [0, 1, 2])
        #expect(callers.write.replyCount == 1)
        #expect(callers.write.message != nil, "It is committed.")
        #expect(callers.read.replyCount == 1)
        rig.close()
        disk.turnOn()
    }

    @Test func whatIsMarkedIsAnsweredInOrderAndOnce() throws {
        let rig = try TenantRig(mayWrite: false)
        defer { rig.close() }
        let callers = waiting(rig)
        rig.core.allowWrites()
        let turn = rig.core.turn([], [gets(2..<3)])
        let told = told(turn)
        #expect(Set(told.keys) == [0, 1, 2])
        for error in told.values { #expect(error == nil) }
        #expect(callers.write.message != nil && callers.read.message != nil)
        #expect(callers.write.replyCount == 1 && callers.read.replyCount == 1)
    }
}
