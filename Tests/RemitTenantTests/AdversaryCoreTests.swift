import RemitAPI
import RemitDomain
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import Testing

/// A clock whose time passes as it is looked at.
private final class TickingClock: WallClock {
    private let clock: ManualClock

    init(_ clock: ManualClock) { self.clock = clock }

    func now() -> Timestamp {
        clock.advance(milliseconds: 1)
        return clock.now()
    }

    func sleep(until moment: Timestamp) async { await clock.sleep(until: moment) }
}

extension TenantRig {
    /// How many of so many creations, told at once, each of the core's turns answers.
    fileprivate func answersByTurn(of count: Int) throws -> [Int] {
        var answered: [Int] = []
        var entries = (0..<count).map { index in
            Entry.verb(
                VerbCall(
                    CreatePayment(amount: 100 + Int64(index)),
                    by: Requester(principal: Fixture.principal, key: nil, digests: [])), TestCaller().handle)
        }
        while answered.reduce(0, +) < count {
            let turn = core.turn(entries)
            entries = []
            answered.append(turn.deliveries.answers.count)
            try #require(answered.last != 0, "A turn that does nothing.")
        }
        return answered
    }
}

@Suite struct AdversaryCoreTests {
    private func process(_ order: String = "order-1", manual: Bool = false) -> ProcessPayment {
        var verb = ProcessPayment(orderID: order, amount: 5_000, paymentMethod: "pm_card_visa")
        verb.offSession = true
        verb.captureMethod = manual ? .manual : .automatic
        return verb
    }

    /// Sends what waits, and loses the answers.
    private func loseAnswers(_ rig: TenantRig) {
        for work in rig.work {
            if case .send(let operation, _) = work {
                rig.entries.append(.answered(operation, Answer(.noAnswer, date: nil, mayRetry: true)))
            }
        }
        rig.work = []
    }

    @Test func `a verb whose caller has gone while it waited for a lock never runs`() async throws {
        let rig = try TenantRig()
        let payment = try await rig.call(process(manual: true), key: "k1").payment()
        var first = CapturePayment(payment: PaymentID(payment.id))
        first.expectedVersion = payment.version + 7
        _ = rig.submit(CapturePayment(payment: PaymentID(payment.id)), key: "c1")
        rig.turn()
        let gone = rig.submit(CapturePayment(payment: PaymentID(payment.id)), key: "c2")
        let last = rig.submit(first, key: "c3")
        rig.turn()
        gone.expire()
        await rig.settle()
        #expect(gone.replyCount == 0)
        #expect(last.refusal?.reason == "version_mismatch", "the turn is passed on to who is still there")
        let operation = rig.read(.operation(.key("c2", Fixture.principal)))
        #expect(operation.refusal?.code == .notFound, "nothing was executed or remembered for who had gone")
    }

    @Test func `callers who have gone don't fill the places of an unknown operation`() async throws {
        var settings = TenantSettings()
        settings.waitingMax = 3
        let rig = try TenantRig(settings: settings)
        _ = rig.submit(process(), key: "k")
        rig.turn()
        for _ in 0..<10 {
            let retry = rig.submit(process(), key: "k")
            rig.turn()
            #expect(retry.replyCount == 0, "it joins: \(String(describing: retry.refusal))")
            retry.expire()
            rig.clock.advance(milliseconds: 1_000)
        }
        #expect(rig.work.count == 1)
    }

    @Test func `joined callers of unknown operations take none of the running calls' places`() async throws {
        var settings = TenantSettings()
        settings.runningMax = 1
        let rig = try TenantRig(settings: settings)
        _ = rig.submit(process(), key: "k")
        rig.turn()
        rig.work = []
        try rig.crash()
        let joined = rig.submit(process(), key: "k")
        rig.turn()
        #expect(joined.replyCount == 0)
        let other = rig.submit(process("order-2"), key: "k2")
        rig.turn()
        #expect(other.refusal == nil)
        await rig.settle(forMilliseconds: 30_000)
        #expect(try other.payment().stage == .captured)
        #expect(try joined.payment().stage == .captured)
    }

    @Test func `what is due runs once, and in its turn, however many callers wait`() async throws {
        var settings = TenantSettings()
        // One member a turn, and room for two.
        settings.turnMilliseconds = 0
        settings.membersPerTurnMax = 2
        let rig = try TenantRig(settings: settings)
        for index in 0..<4 { rig.submit(process("order-\(index)"), key: "k\(index)") }
        rig.turn()
        #expect(rig.work.count == 4)
        loseAnswers(rig)
        rig.turn()
        #expect(rig.work.isEmpty)
        rig.clock.advance(milliseconds: 500)
        // A crowd that would fill the whole turn, and every one after it.
        let turn = rig.core.turn(
            (0..<6).map { _ in .verb(VerbCall(process("crowd"), by: requester()), TestCaller().handle) })
        rig.work += turn.work
        rig.turn()
        let resent = rig.work.compactMap { work -> OperationID? in
            if case .send(let operation, _) = work { operation } else { nil }
        }
        #expect(resent.count == 5, "four again, and the crowd's one")
        #expect(Set(resent).count == 5)
    }

    @Test func `one transaction takes 128 members at most`() throws {
        #expect(TenantSettings().membersPerTurnMax == 128)
        var settings = TenantSettings()
        settings.membersPerTurnMax = 2
        #expect(try TenantRig(settings: settings).answersByTurn(of: 5) == [2, 2, 1])
    }

    @Test func `one transaction grows for 2 ms at most, and by one member at least`() throws {
        #expect(TenantSettings().turnMilliseconds == 2)
        var settings = TenantSettings()
        for (milliseconds, perTurn) in [(Int64(2), 2), (1, 1), (0, 1)] {
            settings.turnMilliseconds = milliseconds
            // Each look at the clock takes a millisecond.
            let rig = try TenantRig(settings: settings, coreClock: { TickingClock($0) })
            let counts = try rig.answersByTurn(of: 6)
            #expect(counts == Array(repeating: perTurn, count: 6 / perTurn))
        }
    }

    private func requester() -> Requester { Requester(principal: Fixture.principal, key: nil, digests: []) }
}
