import RemitDomain
import RemitStripeSimulator
import RemitTesting
import Testing

@testable import RemitStorage
@testable import RemitTenant

/// Webhooks are applied with the commit that stores them, unless something of the inbox waits before them.
@Suite struct StoredWebhookTests {
    /// A tenant with a payment whose webhooks haven't come yet, at least two of them.
    private func rig() async throws -> (rig: TenantRig, deliveries: [EventDelivery]) {
        let rig = try TenantRig()
        rig.deliversWebhooks = false
        #expect(await rig.call(DirectoryBench.process("order-1"), key: "k").message != nil)
        let deliveries = rig.books.takeDeliveries()
        try #require(deliveries.count >= 2)
        return (rig, deliveries)
    }

    private func state(of delivery: EventDelivery, _ rig: TenantRig) throws -> InboxEntry.State? {
        try rig.database.read { rows throws(StorageError) in try rows.inboxEntry(delivery.eventID)?.state }
    }

    private func isAccepted(_ caller: TestCaller) -> Bool {
        if case .accepted = caller.reply?.result { caller.replyCount == 1 } else { false }
    }

    /// One turn alone, whatever it wants next.
    private func turnOnce(_ rig: TenantRig) {
        let turn = rig.core.turn(rig.entries)
        rig.entries = []
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
    }

    @Test func oneThatComesAloneCostsOneCommit() async throws {
        let (rig, deliveries) = try await rig()
        defer { rig.close() }
        for delivery in deliveries {
            let before = rig.database.commits
            let caller = rig.deliver(delivery)
            rig.turn()
            #expect(isAccepted(caller))
            #expect(rig.database.commits == before + 1)
            #expect([.done, .ignored].contains(try state(of: delivery, rig)))
            #expect(!rig.core.isBusy)
        }
        // A second delivery is known, and changes nothing.
        let again = rig.deliver(deliveries[0])
        rig.turn()
        #expect(isAccepted(again))
    }

    @Test func thoseThatComeTogetherShareIt() async throws {
        let (rig, deliveries) = try await rig()
        defer { rig.close() }
        let before = rig.database.commits
        let callers = deliveries.map { rig.deliver($0) }
        rig.turn()
        #expect(callers.allSatisfy(isAccepted))
        #expect(rig.database.commits == before + 1)
        for delivery in deliveries { #expect([.done, .ignored].contains(try state(of: delivery, rig))) }
    }

    @Test func oneThatCannotBeAppliedIsStoredAllTheSame() async throws {
        let (rig, deliveries) = try await rig()
        defer { rig.close() }
        let connection = rig.database.connection
        try connection.execute(
            "CREATE TRIGGER spoil BEFORE UPDATE ON inbox BEGIN SELECT raise(ABORT, 'not now'); END")
        let first = rig.deliver(deliveries[0])
        turnOnce(rig)
        #expect(isAccepted(first))
        #expect(try state(of: deliveries[0], rig) == .pending)
        #expect(rig.core.isBusy)
        try connection.execute("DROP TRIGGER spoil")
        // It waits, and so the next one is applied after it.
        let second = rig.deliver(deliveries[1])
        turnOnce(rig)
        #expect(isAccepted(second))
        #expect([.done, .ignored].contains(try state(of: deliveries[0], rig)))
        #expect(try state(of: deliveries[1], rig) == .pending)
        rig.turn()
        #expect([.done, .ignored].contains(try state(of: deliveries[1], rig)))
        #expect(!rig.core.isBusy)
    }
}
