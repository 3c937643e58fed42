import RemitDomain
import RemitTesting
import Testing

/// Random lives of a payment intent at Stripe, told to a row by events that are lost, late, doubled and reordered.
@Suite struct PaymentScheduleTests {
    /// One payment intent as Stripe sees it: its snapshots, each from a moment on.
    private struct Truth {
        var snapshots: [(from: Timestamp, snapshot: PaymentSnapshot)] = []

        var last: PaymentSnapshot { snapshots[snapshots.count - 1].snapshot }

        func snapshot(at moment: Timestamp) -> PaymentSnapshot {
            snapshots.last { $0.from <= moment }?.snapshot ?? snapshots[0].snapshot
        }
    }

    private enum Arrival {
        case event(PaymentFact)
        case answer(PaymentSnapshot, date: Timestamp)
        case fetch
        case fetched(PaymentSnapshot, date: Timestamp, sentAt: Timestamp)
    }

    /// A row, what is still to arrive, and the GETs that the row asks for.
    private struct Run {
        var row = Fixture.payment()
        var arrivals: [(at: Timestamp, arrival: Arrival)] = []
        var hasFetch = false
        var faults: [String] = []
        let random: SeededRandom

        mutating func add(_ arrival: Arrival, at moment: Timestamp) { arrivals.append((moment, arrival)) }

        mutating func askForFetch() {
            guard !hasFetch else { return }
            hasFetch = true
            add(.fetch, at: row.refetchDueAt)
        }

        mutating func take(_ fact: PaymentFact, at now: Timestamp, ending: OperationID? = nil) {
            let before = row
            switch row.apply(fact, now: now, ending: ending) {
            case .applied, .ignored: break
            case .refetch: askForFetch()
            case .held: faults.append("held \(fact)")
            }
            if before.stage.isFinal, row.stage != before.stage { faults.append("left \(before.stage)") }
        }

        mutating func arrive(_ arrival: Arrival, at now: Timestamp, _ truth: Truth) {
            switch arrival {
            case .event(let fact): take(fact, at: now)
            case .answer(let snapshot, let date):
                let isUnchanged = row.version == 1
                let source: PaymentFact.Source = isUnchanged ? .freshAnswer(date: date) : .pastAnswer
                take(PaymentFact(snapshot, source: source), at: now, ending: row.openCharge)
            case .fetch:
                if row.refetchDueAt > now { return add(.fetch, at: row.refetchDueAt) }
                // A GET shows things as they were up to a second ago.
                let snapshot = truth.snapshot(at: now + -Int64(random.number(in: 0...999)))
                let date = Timestamp(seconds: now.milliseconds / 1_000)
                add(.fetched(snapshot, date: date, sentAt: now), at: now + Int64(random.number(in: 50...3_000)))
            case .fetched(let snapshot, let date, let sentAt):
                hasFetch = false
                // Something was learned meanwhile: it is asked again.
                if let learnedAt = row.learnedAt, learnedAt > sentAt { return askForFetch() }
                take(PaymentFact(snapshot, source: .fetched(date: date)), at: now)
            }
        }
    }

    private static func next(_ stage: PaymentStage, _ random: SeededRandom) -> PaymentStage? {
        let choices: [PaymentStage] =
            switch stage {
            case .requiresPaymentMethod, .requiresConfirmation:
                [.requiresAction, .processing, .captured, .declined, .authorized]
            case .requiresAction: [.processing, .captured, .declined, .authorized, .canceled]
            case .processing: [.captured, .declined]
            case .authorized: [.captured, .expired, .canceled]
            case .declined: [.requiresAction, .captured, .declined, .processing, .canceled]
            case .captured, .canceled, .expired, .new, .unknown, .error, .abandoned: []
            }
        return choices.isEmpty ? nil : random.pick(choices)
    }

    private static func life(_ random: SeededRandom) -> Truth {
        var truth = Truth()
        var moment = Fixture.start + Int64(random.number(in: 0...1_500))
        var stage = PaymentStage.requiresConfirmation
        var attempt = 0
        for _ in 0..<random.number(in: 1...6) {
            if stage == .requiresConfirmation || stage == .declined { attempt += 1 }
            let charge = "ch_\(attempt)"
            truth.snapshots.append((moment, Fixture.snapshot(stage, charge: charge)))
            guard let following = next(stage, random) else { break }
            stage = following
            moment = moment + Int64(random.pick([0, 10, 400, 1_000, 2_100, 6_000, 40_000]))
        }
        return truth
    }

    private static func run(_ random: SeededRandom) -> String? {
        let truth = life(random)
        let losesEvents = random.isOnce(in: 2)
        var run = Run(random: random)
        let operation = OperationID("operation_1")
        _ = run.row.beginAttempt(by: operation, now: Fixture.start, inCreation: true)
        for (from, snapshot) in truth.snapshots {
            let created = Timestamp(seconds: from.milliseconds / 1_000)
            let type = snapshot.stage == .requiresConfirmation ? "payment_intent.created" : "payment_intent.any"
            let fact = PaymentFact(snapshot, source: .event(type: type, created: created))
            let copies = random.pick(losesEvents ? [0, 0, 1, 1, 2] : [1, 1, 2])
            for _ in 0..<copies {
                run.add(.event(fact), at: from + Int64(random.pick([20, 300, 2_500, 20_000, 90_000])))
            }
        }
        if !random.isOnce(in: 4) {
            let answered = truth.snapshots[random.number(in: 0...(truth.snapshots.count - 1))]
            let date = Timestamp(seconds: answered.from.milliseconds / 1_000)
            run.add(.answer(answered.snapshot, date: date), at: answered.from + Int64(random.pick([5, 200, 15_000])))
        }
        var now = Fixture.start
        var steps = 0
        while let index = run.arrivals.indices.min(by: { run.arrivals[$0].at < run.arrivals[$1].at }) {
            let (at, arrival) = run.arrivals.remove(at: index)
            now = max(now, at)
            run.arrive(arrival, at: now, truth)
            steps += 1
            if steps > 500 { return "It never comes to rest." }
        }
        if losesEvents, !run.row.stage.isFinal || run.row.openCharge != nil {
            let fact = PaymentFact(truth.last, source: .fetched(date: now + 60_000))
            run.take(fact, at: now + 60_000, ending: operation)
        }
        let (row, last) = (run.row, truth.last)
        let agrees =
            row.stage == last.stage && row.amountCaptured == last.amountCaptured
            && row.amountCapturable == last.amountCapturable && row.stripeChargeID == last.latestChargeID
            && row.failure == last.mirroredFailure && (row.openCharge == nil || !losesEvents)
        if !agrees { run.faults.append("\(row.stage) instead of \(last.stage)") }
        return run.faults.first.map { "\($0), life \(truth.snapshots.map(\.snapshot.stage))" }
    }

    @Test
    func
        `whatever is lost, late or doubled, a row ends as Stripe has it; what is open where events were lost, after a GET`()
    {
        let seeds = SeededRandom(printedAs: "payment schedules")
        var faults: [String] = []
        for _ in 0..<3_000 where faults.count < 5 {
            let random = seeds.fork()
            if let fault = Self.run(random) { faults.append("\(fault), schedule \(random.seed)") }
        }
        #expect(faults.isEmpty)
    }
}
