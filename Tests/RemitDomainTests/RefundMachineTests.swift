import RemitDomain
import RemitTesting
import Testing

@Suite struct RefundMachineTests {
    private static let now = Fixture.start + 1_000
    private static let reported: [RefundStatus] = [.pending, .requiresAction, .succeeded, .failed, .canceled]
    private static let sources: [RefundFact.Source] = [
        .freshAnswer, .pastAnswer, .fetched, .event(type: "refund.updated"),
    ]

    private static func row(at status: RefundStatus) -> Refund {
        var refund = Fixture.refund()
        refund.status = status
        if status.level >= 2 {
            refund.stripeRefundID = "re_test"
            refund.failureReason = Fixture.refundSnapshot(status).failureReason
        }
        return refund
    }

    private enum Outcome { case applied, ignored, refetch, held }

    private static func outcome(_ result: OnFact<RefundChange>) -> Outcome {
        switch result {
        case .applied: .applied
        case .ignored: .ignored
        case .refetch: .refetch
        case .held: .held
        }
    }

    @Test(arguments: RefundStatus.allCases)
    func `higher applies whatever its age, equals need a GET, lower is ignored`(from: RefundStatus) {
        let levels: [RefundStatus: Int] = [
            .requested: 0, .unknown: 1, .pending: 2, .requiresAction: 2, .succeeded: 3, .failed: 4, .canceled: 4,
        ]
        for to in Self.reported {
            for source in Self.sources {
                let before = Self.row(at: from)
                var refund = before
                let result = refund.apply(RefundFact(Fixture.refundSnapshot(to), source: source), now: Self.now)
                let (old, new) = (levels[from] ?? 0, levels[to] ?? 0)
                let mayDecide = source == .freshAnswer || source == .fetched
                let expected: Outcome =
                    if new > old { .applied } else if new < old || from == to { .ignored } else if mayDecide {
                        .applied
                    } else { .refetch }
                #expect(Self.outcome(result) == expected, "\(from) \(to) \(source)")
                #expect(refund.version == before.version + (expected == .applied ? 1 : 0))
                #expect(refund.status == (expected == .applied ? to : from))
                guard case .applied(let change) = result else { continue }
                #expect(change.from == from && change.to == to)
                #expect((change.alert != nil) == (from == .succeeded && to == .failed))
                #expect(refund.holdsReservation == (to != .failed && to != .canceled))
            }
        }
    }

    @Test(arguments: [
        (RefundStatus.pending, EventType.refundUpdated), (.requiresAction, .refundUpdated),
        (.succeeded, .refundSucceeded), (.failed, .refundFailed), (.canceled, .refundCanceled),
    ])
    func `each arrival has its event`(status: RefundStatus, event: EventType) {
        var refund = Fixture.refund()
        let result = refund.apply(
            RefundFact(Fixture.refundSnapshot(status), source: .freshAnswer), now: Self.now, account: "acct_1")
        #expect(result == .applied(RefundChange(event: event, from: .requested, to: status)))
        #expect(refund.stripeRefundID == "re_test" && refund.account == "acct_1")
    }

    @Test func `the booking of a released authorization changes nothing and makes no refund`() {
        var snapshot = Fixture.refundSnapshot(.succeeded)
        snapshot.rawReason = "expired_uncaptured_charge"
        var refund = Fixture.refund()
        let before = refund
        #expect(refund.apply(RefundFact(snapshot, source: .fetched), now: Self.now).isIgnored)
        #expect(refund == before)
        let found = Refund(found: snapshot, id: refund.id, payment: refund.payment, now: Self.now)
        #expect(found == nil)
    }

    @Test func `a refund that was made elsewhere is taken as a GET found it`() throws {
        let snapshot = Fixture.refundSnapshot(.succeeded, id: "re_dashboard", amount: 1_500)
        let found = try #require(
            Refund(found: snapshot, id: RefundID("refund_2"), payment: PaymentID("payment_test"), now: Self.now))
        #expect(found.createdBy == PrincipalID("stripe"))
        #expect(found.amount.minorUnits == 1_500 && found.status == .succeeded && found.version == 1)
        var again = found
        #expect(again.apply(RefundFact(snapshot, source: .fetched), now: Self.now).isIgnored)
    }

    @Test func `another amount is applied, alerted and held`() {
        var refund = Fixture.refund()
        let fact = RefundFact(Fixture.refundSnapshot(.succeeded, amount: 5_000), source: .freshAnswer)
        guard case .held(let change, let reason) = refund.apply(fact, now: Self.now) else {
            Issue.record("It isn't held.")
            return
        }
        #expect(change.alert == reason && refund.status == .succeeded && refund.version == 2)
    }

    @Test func `a second refund with this one's id is held if it holds money, and changes no status`() {
        for status in Self.reported {
            var refund = Self.row(at: .succeeded)
            let fact = RefundFact(Fixture.refundSnapshot(status, id: "re_second"), source: .fetched)
            let result = refund.apply(fact, now: Self.now)
            #expect(Self.outcome(result) == (status.holdsReservation ? .held : .ignored))
            #expect(refund.status == .succeeded && refund.stripeRefundID == "re_test")
        }
    }

    @Test(arguments: RefundStatus.allCases)
    func `only what the processor hasn't spoken of becomes unknown or fails here`(status: RefundStatus) {
        var unknown = Self.row(at: status)
        let becomesUnknown = unknown.becomeUnknown(now: Self.now) != nil
        #expect(becomesUnknown == (status == .requested))
        #expect(unknown.holdsReservation == status.holdsReservation)
        var failed = Self.row(at: status)
        let change = failed.becomeFailed(reason: "charge_disputed", now: Self.now)
        #expect((change != nil) == (status == .requested || status == .unknown))
        if let change {
            #expect(change.event == .refundFailed && failed.failureReason == "charge_disputed")
            #expect(!failed.holdsReservation)
        }
    }

    @Test func `a refund of a payment that lives here alone succeeds at once`() {
        var refund = Fixture.refund()
        let change = refund.succeedLocally(now: Self.now)
        #expect(change == RefundChange(event: .refundSucceeded, from: .requested, to: .succeeded))
    }

    @Test func `no sequence of four facts leaves Failed or Canceled for a lower one, or loses a version`() {
        func go(_ refund: Refund, _ depth: Int) -> Int {
            guard depth < 4 else { return 0 }
            var faults = 0
            for status in Self.reported {
                for source in Self.sources {
                    var next = refund
                    let fact = RefundFact(Fixture.refundSnapshot(status), source: source)
                    let isApplied = Self.outcome(next.apply(fact, now: Self.now)) == .applied
                    if next.status.level < refund.status.level { faults += 1 }
                    if next.version != refund.version + (isApplied ? 1 : 0) { faults += 1 }
                    if depth < 2 || isApplied { faults += go(next, depth + 1) }
                }
            }
            return faults
        }
        #expect(go(Fixture.refund(), 0) == 0)
    }

    @Test func `a GET waits for 5 s after the newest thing learned`() {
        var refund = Fixture.refund()
        _ = refund.apply(RefundFact(Fixture.refundSnapshot(.pending), source: .freshAnswer), now: Self.now)
        #expect(refund.refetchDueAt == Self.now + 5_000)
    }
}
