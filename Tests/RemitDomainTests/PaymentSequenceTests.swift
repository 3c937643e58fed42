import RemitDomain
import RemitTesting
import Testing

/// Every short sequence of facts, verbs and refunds keeps what must always hold.
@Suite struct PaymentSequenceTests {
    private enum Step: CaseIterable {
        case eventAction, eventCaptured, eventDeclined, eventCanceledLate
        case fetchedAction, fetchedAuthorized, fetchedCaptured, fetchedCapturedMore, fetchedExpired
        case answerCaptured, answerDeclined, pastCanceled, foreignCaptured
        case refundedSome, begin, unknown, noEffect
    }

    private static let operation = OperationID("operation_1")

    private static func fact(_ step: Step, at moment: Timestamp) -> PaymentFact? {
        let late = Fixture.start
        switch step {
        case .eventAction:
            return PaymentFact(
                Fixture.snapshot(.requiresAction),
                source: .event(type: "payment_intent.requires_action", created: moment))
        case .eventCaptured:
            return PaymentFact(
                Fixture.snapshot(.captured), source: .event(type: "payment_intent.succeeded", created: moment))
        case .eventDeclined:
            return PaymentFact(
                Fixture.snapshot(.declined), source: .event(type: "payment_intent.payment_failed", created: moment))
        case .eventCanceledLate:
            return PaymentFact(
                Fixture.snapshot(.canceled), source: .event(type: "payment_intent.canceled", created: late))
        case .fetchedAction: return PaymentFact(Fixture.snapshot(.requiresAction), source: .fetched(date: moment))
        case .fetchedAuthorized:
            return PaymentFact(Fixture.snapshot(.authorized, capture: .manual), source: .fetched(date: moment))
        case .fetchedCaptured: return PaymentFact(Fixture.snapshot(.captured), source: .fetched(date: moment))
        case .fetchedCapturedMore:
            return PaymentFact(Fixture.snapshot(.captured, amount: 20_000), source: .fetched(date: moment))
        case .fetchedExpired: return PaymentFact(Fixture.snapshot(.expired), source: .fetched(date: moment))
        case .answerCaptured: return PaymentFact(Fixture.snapshot(.captured), source: .freshAnswer(date: moment))
        case .answerDeclined: return PaymentFact(Fixture.snapshot(.declined), source: .freshAnswer(date: moment))
        case .pastCanceled: return PaymentFact(Fixture.snapshot(.canceled), source: .pastAnswer)
        case .foreignCaptured:
            return PaymentFact(Fixture.snapshot(.captured, intent: "pi_other"), source: .fetched(date: moment))
        case .refundedSome, .begin, .unknown, .noEffect: return nil
        }
    }

    /// Takes the step.
    ///
    /// Returns whether it changed the row, as the machine says.
    private static func take(_ step: Step, _ payment: inout Payment, at moment: Timestamp) -> Bool {
        if let fact = fact(step, at: moment) {
            return counts(payment.apply(fact, now: moment))
        }
        switch step {
        case .refundedSome: return counts(payment.apply(refundedTotal: 4_000, now: moment))
        case .begin:
            guard payment.refusal(of: .process, hasOpenOperation: payment.openCharge != nil) == nil else {
                return false
            }
            _ = payment.beginAttempt(by: operation, now: moment)
            return true
        case .unknown: return payment.openCharge == nil ? false : payment.becomeUnknown(now: moment) != nil
        case .noEffect: return payment.openCharge == nil ? false : payment.attemptHadNoEffect(now: moment) != nil
        default: preconditionFailure("The other steps are facts.")
        }
    }

    private static func counts(_ result: OnFact<PaymentChange>) -> Bool {
        switch result {
        case .applied, .held: true
        case .ignored, .refetch: false
        }
    }

    /// What is wrong with the row after a step; nil when nothing is.
    private static func fault(_ before: Payment, _ after: Payment, _ changed: Bool) -> String? {
        if after.version != before.version + (changed ? 1 : 0) { return "The version doesn't count the change." }
        if min(after.amountCaptured, after.amountCapturable, after.amountRefunded) < 0 { return "Less than nothing." }
        if after.hold == nil {
            if after.amountRefunded > after.amountCaptured { return "More refunded than captured, without a hold." }
            if after.amountCaptured > after.amount.minorUnits { return "More captured than asked, without a hold." }
        }
        if before.stage.isFinal, before.stripePaymentID == after.stripePaymentID, after.stage != before.stage,
            after.stage != .captured
        {
            return "A final stage was left."
        }
        if before.stage == .captured, after.stage != .captured { return "Captured was left." }
        if let hold = before.hold, after.hold != hold { return "A hold went away by itself." }
        if let one = before.lastLearned, let other = after.lastLearned, other < one {
            return "What was learned is lost."
        }
        if after.openCharge != nil, !after.stage.isFinal, after.status != .pending { return "Open, yet not pending." }
        if after.updatedAt < before.updatedAt { return "It was updated before it was." }
        return nil
    }

    @Test func `every sequence of four steps keeps the invariants`() {
        var faults: [String] = []
        var count = 0
        func go(_ payment: Payment, _ path: [Step]) {
            guard path.count < 4, faults.count < 5 else { return }
            for step in Step.allCases {
                var next = payment
                let moment = Fixture.start + Int64(path.count + 1) * 3_000
                let changed = Self.take(step, &next, at: moment)
                count += 1
                if let fault = Self.fault(payment, next, changed) { faults.append("\(path + [step]): \(fault)") }
                go(next, path + [step])
            }
        }
        go(Fixture.payment(), [])
        #expect(faults.isEmpty)
        let steps = Step.allCases.count
        #expect(count == steps + steps * steps + steps * steps * steps + steps * steps * steps * steps)
    }

    @Test func `whatever came before, a GET leaves the row as Stripe shows it, but for what is final`() {
        var faults: [String] = []
        func go(_ payment: Payment, _ path: [Step]) {
            var read = payment
            let moment = Fixture.start + 60_000
            let truth = Fixture.snapshot(.captured)
            _ = read.apply(PaymentFact(truth, source: .fetched(date: moment)), now: moment)
            if read.stripePaymentID == "pi_test", read.stage != .captured || read.amountCaptured != 10_000 {
                faults.append("\(path)")
            }
            guard path.count < 3, faults.count < 5 else { return }
            for step in Step.allCases {
                var next = payment
                _ = Self.take(step, &next, at: Fixture.start + Int64(path.count + 1) * 3_000)
                go(next, path + [step])
            }
        }
        go(Fixture.payment(), [])
        #expect(faults.isEmpty)
    }
}
