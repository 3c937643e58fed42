import RemitDomain
import RemitTesting
import Testing

/// Every stage against every snapshot from every source, and the rules one by one.
@Suite struct PaymentMachineTests {
    static let snapshotStages: [PaymentStage] = [
        .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .authorized, .declined, .captured,
        .canceled, .expired,
    ]

    /// The newest thing known of the payment intent, by Stripe's clock.
    static let last = Fixture.start + 10_000
    static let now = Fixture.start + 12_000

    /// A row at that stage, as facts would have left it.
    static func row(at stage: PaymentStage, capture: CaptureMethod = .automatic) -> Payment {
        var payment = Fixture.payment()
        payment.stage = stage
        switch stage {
        case .new, .unknown, .abandoned: return payment
        case .error:
            payment.failure = PaymentFailure(code: "resource_missing")
            return payment
        case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .authorized, .declined,
            .captured, .canceled, .expired:
            let snapshot = Fixture.snapshot(stage, capture: capture)
            payment.stripePaymentID = snapshot.stripePaymentID
            payment.stripeChargeID = snapshot.latestChargeID
            payment.amountCapturable = snapshot.amountCapturable
            payment.amountCaptured = snapshot.amountCaptured
            payment.failure = snapshot.mirroredFailure
            payment.paymentMethod = snapshot.paymentMethod
            payment.captureMethod = capture
            payment.lastLearned = last
            payment.learnedAt = Fixture.start + 10_000
            return payment
        }
    }

    enum Outcome { case applied, ignored, refetch, held }

    static func outcome(_ result: OnFact<PaymentChange>) -> Outcome {
        switch result {
        case .applied: .applied
        case .ignored: .ignored
        case .refetch: .refetch
        case .held: .held
        }
    }

    /// What the rules say of a row with a known payment intent; written anew from them, not from the machine.
    private func expected(_ from: PaymentStage, _ to: PaymentStage, _ source: PaymentFact.Source) -> Outcome {
        let isKnown = Self.row(at: from).stripePaymentID != nil
        if isKnown {
            if from == to { return .ignored }
            if from == .captured { return .ignored }
            if from == .canceled || from == .expired, to != .captured { return .ignored }
        }
        switch source {
        case .freshAnswer, .fetched: return .applied
        case .pastAnswer: return .refetch
        case .event(let type, let created):
            if isKnown, type == "payment_intent.created" { return .ignored }
            if [.declined, .canceled, .expired].contains(to) { return .refetch }
            let isNewer = !isKnown || created - Self.last > 2_000
            return isNewer && (!isKnown || to.level > from.level) ? .applied : .refetch
        }
    }

    @Test(arguments: PaymentStage.allCases)
    func `every snapshot from every source does what the rules say`(from: PaymentStage) {
        let sources: [PaymentFact.Source] = [
            .freshAnswer(date: Self.now), .freshAnswer(date: nil), .pastAnswer, .fetched(date: Self.now),
            .fetched(date: Self.last + -1_000), .event(type: "payment_intent.any", created: Self.last + 2_001),
            .event(type: "payment_intent.any", created: Self.last + 2_000),
            .event(type: "payment_intent.any", created: Self.last + -5_000),
            .event(type: "payment_intent.created", created: Self.last + 60_000),
        ]
        for to in Self.snapshotStages {
            for source in sources {
                let before = Self.row(at: from)
                var payment = before
                let result = payment.apply(PaymentFact(Fixture.snapshot(to), source: source), now: Self.now)
                let outcome = Self.outcome(result)
                #expect(outcome == expected(from, to, source), "\(from) \(to) \(source): \(result)")
                #expect(payment.learnedAt == Self.now)
                switch result {
                case .applied(let change), .held(let change, _):
                    #expect(payment.version == before.version + 1)
                    #expect(payment.stage == to)
                    #expect(change.from == from && change.to == to)
                    #expect(change.event == to.event)
                    #expect(payment.updatedAt == Self.now)
                case .ignored, .refetch:
                    #expect(payment.version == before.version)
                    #expect(payment.stage == from)
                    #expect(payment.stripePaymentID == before.stripePaymentID)
                }
            }
        }
    }

    @Test func `the newest date is kept, whatever else happens, and a past answer's date isn't`() {
        for stage in Self.snapshotStages {
            var payment = Self.row(at: stage)
            _ = payment.apply(PaymentFact(Fixture.snapshot(stage), source: .pastAnswer), now: Self.now)
            #expect(payment.lastLearned == Self.last)
            let newer = PaymentFact.Source.event(type: "payment_intent.processing", created: Self.last + 1_000)
            _ = payment.apply(PaymentFact(Fixture.snapshot(.processing), source: newer), now: Self.now)
            #expect(payment.lastLearned == Self.last + 1_000)
            let older = PaymentFact.Source.fetched(date: Self.last)
            _ = payment.apply(PaymentFact(Fixture.snapshot(.processing), source: older), now: Self.now)
            #expect(payment.lastLearned == Self.last + 1_000)
        }
    }

    @Test func `an event without anything known before it applies, if it is no failure`() {
        var payment = Fixture.payment()
        let created = PaymentFact.Source.event(type: "payment_intent.created", created: Fixture.start)
        let result = payment.apply(PaymentFact(Fixture.snapshot(.requiresConfirmation), source: created), now: Self.now)
        #expect(Self.outcome(result) == .applied)
        #expect(payment.stripePaymentID == "pi_test")
        #expect(payment.lastLearned == Fixture.start)
    }

    @Test(arguments: [
        ("stage", Fixture.snapshot(.processing)), ("charge", Fixture.snapshot(.authorized, charge: "ch_other")),
        ("amount", Fixture.snapshot(.authorized, amount: 9_000)),
    ])
    func `what disagrees in one mirrored field needs a GET, whose answer is taken`(
        field: String, snapshot: PaymentSnapshot
    ) {
        var payment = Self.row(at: .authorized)
        let event = PaymentFact.Source.event(type: "payment_intent.any", created: Self.last + 9_000)
        #expect(Self.outcome(payment.apply(PaymentFact(snapshot, source: event), now: Self.now)) == .refetch)
        let fetched = PaymentFact(snapshot, source: .fetched(date: Self.last + 15_000))
        #expect(Self.outcome(payment.apply(fetched, now: Self.now)) == .applied)
        #expect(Self.outcome(payment.apply(fetched, now: Self.now)) == .ignored)
    }

    @Test func `a GET may lower the stage: another client tried again`() {
        var payment = Self.row(at: .declined)
        let fetched = PaymentFact(Fixture.snapshot(.requiresAction), source: .fetched(date: Self.now))
        #expect(
            payment.apply(fetched, now: Self.now)
                == .applied(PaymentChange(event: .paymentRequiresAction, from: .declined, to: .requiresAction)))
        #expect(payment.failure == nil)
        #expect(payment.status == .pending)
    }

    // MARK: - Confirmed amounts

    @Test(arguments: [
        // captured, capture method, asked by us, the outcome, whether there is an alert
        (10_000 as Int64, CaptureMethod.automatic, nil as Int64?, Outcome.applied, false),
        (9_999, .automatic, nil, .held, true), (10_001, .automatic, nil, .held, true),
        (10_000, .manual, nil, .applied, false), (6_000, .manual, nil, .applied, true),
        (6_000, .manual, 6_000, .applied, false), (5_000, .manual, 6_000, .applied, true),
        (7_000, .manual, 6_000, .held, true), (10_001, .manual, nil, .held, true),
    ])
    func `a captured fact carries what was expected, or there is an alert or a hold`(
        captured: Int64, method: CaptureMethod, asked: Int64?, outcome: Outcome, hasAlert: Bool
    ) {
        var payment = Self.row(at: .authorized, capture: method)
        if let asked { payment.beginCapture(of: asked) }
        var snapshot = Fixture.snapshot(.captured, capture: method)
        snapshot.amountCaptured = captured
        let result = payment.apply(PaymentFact(snapshot, source: .fetched(date: Self.now)), now: Self.now)
        #expect(Self.outcome(result) == outcome)
        #expect(payment.stage == .captured)
        #expect(payment.amountCaptured == captured)
        #expect((payment.hold != nil) == (outcome == .held))
        switch result {
        case .applied(let change), .held(let change, _):
            #expect(change.event == .paymentCaptured)
            #expect((change.alert != nil) == hasAlert)
        case .ignored, .refetch: Issue.record("A captured fact is never lost.")
        }
    }

    @Test func `another currency is a hold and moves no amount`() {
        var payment = Self.row(at: .processing)
        let snapshot = Fixture.snapshot(.captured, currency: .eur)
        let result = payment.apply(PaymentFact(snapshot, source: .fetched(date: Self.now)), now: Self.now)
        #expect(Self.outcome(result) == .held)
        #expect(payment.stage == .captured)
        #expect(payment.amountCaptured == 0)
        #expect(payment.refusal(of: .refund(amount: nil, reserved: 0), hasOpenOperation: false)?.field == "hold")
    }

    @Test func `more authorized than asked for is a hold, less isn't`() {
        for (capturable, outcome) in [(10_001 as Int64, Outcome.held), (9_000, .applied), (10_000, .applied)] {
            var payment = Self.row(at: .processing)
            var snapshot = Fixture.snapshot(.authorized, capture: .manual)
            snapshot.amountCapturable = capturable
            let result = payment.apply(PaymentFact(snapshot, source: .freshAnswer(date: Self.now)), now: Self.now)
            #expect(Self.outcome(result) == outcome)
        }
    }

    @Test func `negative amounts never reach the row`() {
        var payment = Self.row(at: .processing)
        var snapshot = Fixture.snapshot(.captured)
        snapshot.amountCaptured = -1
        let result = payment.apply(PaymentFact(snapshot, source: .fetched(date: Self.now)), now: Self.now)
        #expect(Self.outcome(result) == .held)
        #expect(payment.amountCaptured == 0)
    }

    @Test func `a hold is raised once and outlives later facts`() {
        var payment = Self.row(at: .processing)
        let wrong = PaymentFact(Fixture.snapshot(.captured, amount: 20_000), source: .fetched(date: Self.now))
        #expect(Self.outcome(payment.apply(wrong, now: Self.now)) == .held)
        let hold = payment.hold
        #expect(Self.outcome(payment.apply(wrong, now: Self.now)) == .ignored)
        #expect(payment.hold == hold)
        #expect(payment.version == 2)
    }

    // MARK: - More than one payment intent

    @Test func `another payment intent moves nothing; money there is a hold, once`() {
        for stage in Self.snapshotStages {
            for other in Self.snapshotStages {
                var payment = Self.row(at: stage)
                let fact = PaymentFact(Fixture.snapshot(other, intent: "pi_old"), source: .fetched(date: Self.now))
                let result = payment.apply(fact, now: Self.now)
                #expect(payment.stage == stage)
                #expect(payment.stripePaymentID == "pi_test")
                #expect(payment.lastLearned == Self.last)
                guard other == .captured else {
                    #expect(Self.outcome(result) == .ignored)
                    continue
                }
                let reason = "Another payment intent of this payment was captured."
                let change = PaymentChange(event: .paymentHeld, from: stage, to: stage, alert: reason)
                #expect(result == .held(change, reason: reason))
                #expect(Self.outcome(payment.apply(fact, now: Self.now)) == .ignored)
            }
        }
    }

    @Test func `a new attempt's payment intent replaces one that ended without money, and no other`() {
        for stage in Self.snapshotStages {
            var payment = Self.row(at: stage)
            _ = payment.beginAttempt(by: OperationID("operation_2"), now: Self.now)
            let snapshot = Fixture.snapshot(.captured, intent: "pi_new", operation: "operation_2")
            let event = PaymentFact.Source.event(type: "payment_intent.succeeded", created: Fixture.start)
            let result = payment.apply(PaymentFact(snapshot, source: event), now: Self.now)
            if stage == .canceled || stage == .expired {
                #expect(Self.outcome(result) == .applied)
                #expect(payment.stripePaymentID == "pi_new")
                #expect(payment.intentOperation == OperationID("operation_2"))
                #expect(payment.lastLearned == Fixture.start)
            } else {
                #expect(Self.outcome(result) == .held)
                #expect(payment.stripePaymentID == "pi_test")
            }
        }
    }

    @Test func `while a charge is open, a payment intent of another operation isn't taken for its own`() {
        var payment = Fixture.payment()
        _ = payment.beginAttempt(by: OperationID("operation_2"), now: Self.now)
        let stray = Fixture.snapshot(.captured, intent: "pi_old", operation: "operation_1")
        let result = payment.apply(PaymentFact(stray, source: .fetched(date: Self.now)), now: Self.now)
        #expect(Self.outcome(result) == .held)
        #expect(payment.stripePaymentID == nil)
    }

    @Test func `what was settled here alone takes no payment intent`() {
        var payment = Fixture.payment()
        _ = payment.captureLocally(10_000, now: Self.now)
        let fact = PaymentFact(Fixture.snapshot(.captured), source: .fetched(date: Self.now))
        #expect(Self.outcome(payment.apply(fact, now: Self.now)) == .held)
        #expect(payment.stripePaymentID == nil)
    }

    // MARK: - Charges

    @Test(arguments: [
        ("charge.succeeded", PaymentStage.captured, true, 10_000 as Int64, 0 as Int64, Outcome.ignored),
        ("charge.succeeded", .authorized, false, 0, 0, .ignored),
        ("charge.succeeded", .processing, true, 10_000, 0, .refetch),
        ("charge.captured", .captured, true, 10_000, 0, .ignored),
        ("charge.captured", .captured, true, 6_000, 0, .refetch),
        ("charge.captured", .authorized, true, 10_000, 0, .refetch),
        ("charge.captured", .canceled, true, 10_000, 0, .refetch),
        ("charge.refunded", .captured, true, 10_000, 4_000, .ignored),
        ("charge.expired", .expired, false, 0, 0, .ignored),
        ("charge.expired", .canceled, false, 0, 0, .ignored), ("charge.expired", .authorized, false, 0, 0, .refetch),
        ("charge.failed", .declined, false, 0, 0, .ignored), ("charge.failed", .processing, false, 0, 0, .refetch),
        ("charge.succeeded", .captured, false, 0, 0, .ignored), ("charge.updated", .new, true, 10_000, 0, .refetch),
    ])
    func `a charge agrees with the row or asks for a GET; it never moves the stage`(
        type: String, stage: PaymentStage, captured: Bool, amount: Int64, refunded: Int64, outcome: Outcome
    ) {
        let before = Self.row(at: stage)
        var payment = before
        let charge = ChargeSnapshot(
            stripeChargeID: "ch_test", stripePaymentID: "pi_test",
            amount: Money(minorUnits: 10_000, currency: .usd), amountCaptured: amount, amountRefunded: refunded,
            captured: captured, created: Fixture.start)
        let result = payment.apply(charge, type: type, created: Self.last + 1_000, now: Self.now)
        #expect(Self.outcome(result) == outcome)
        #expect(payment.version == before.version && payment.stage == before.stage)
        if before.stripePaymentID != nil { #expect(payment.lastLearned == Self.last + 1_000) }
        var foreign = charge
        foreign.stripePaymentID = before.stripePaymentID == nil ? nil : "pi_other"
        #expect(Self.outcome(payment.apply(foreign, type: type, created: Self.now, now: Self.now)) == .ignored)
    }

    // MARK: - GETs

    @Test func `a GET waits for 5 s after the newest thing learned, even of what changed nothing`() {
        var payment = Self.row(at: .processing)
        #expect(payment.refetchDueAt == Fixture.start + 15_000)
        let same = PaymentFact(
            Fixture.snapshot(.processing), source: .event(type: "payment_intent.processing", created: Self.last))
        #expect(Self.outcome(payment.apply(same, now: Fixture.start + 16_000)) == .ignored)
        #expect(payment.refetchDueAt == Fixture.start + 21_000)
    }
}
