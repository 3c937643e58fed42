import RemitDomain
import RemitTesting
import Testing

@Suite struct PaymentAttemptTests {
    private let operation = OperationID("operation_1")
    private let now = Fixture.start + 1_000

    @Test func `an attempt is counted, leaves the stage, and shows a failed payment as pending`() {
        var payment = PaymentMachineTests.row(at: .declined)
        let change = payment.beginAttempt(by: operation, now: now)
        #expect(change == PaymentChange(event: .paymentUpdated, from: .declined, to: .declined))
        #expect(payment.attempt == 1 && payment.version == 2)
        #expect(payment.stage == .declined && payment.status == .pending)
    }

    @Test func `the attempt that comes with the creation belongs to the first version`() {
        var payment = Fixture.payment()
        let change = payment.beginAttempt(by: operation, now: now, inCreation: true)
        #expect(change.event == .paymentCreated)
        #expect(payment.attempt == 1 && payment.version == 1)
    }

    @Test(arguments: PaymentStage.allCases)
    func `unknown is a stage only where nothing else is known`(stage: PaymentStage) {
        var payment = PaymentMachineTests.row(at: stage)
        let change = payment.becomeUnknown(now: now)
        let becomes = stage == .new || stage == .error
        #expect((change != nil) == becomes)
        #expect(payment.stage == (becomes ? .unknown : stage))
        #expect(payment.version == (becomes ? 2 : 1))
    }

    @Test func `an attempt without effect leaves the row where it was`() {
        for stage in [PaymentStage.new, .error, .declined, .requiresAction] {
            let before = PaymentMachineTests.row(at: stage)
            var payment = before
            _ = payment.beginAttempt(by: operation, now: now)
            _ = payment.becomeUnknown(now: now)
            let change = payment.attemptHadNoEffect(now: now)
            #expect(payment.stage == before.stage && payment.failure == before.failure)
            #expect(payment.status == before.status)
            #expect(payment.openCharge == nil)
            #expect(change == nil || change?.event == .paymentUpdated)
            #expect(payment.attempt == 1)
        }
    }

    @Test func `a refusal before a payment intent exists is Error, after one it leaves the stage`() {
        let failure = PaymentFailure(code: "resource_missing")
        var payment = Fixture.payment()
        _ = payment.beginAttempt(by: operation, now: now)
        let change = payment.becomeError(failure, now: now)
        #expect(change == PaymentChange(event: .paymentFailed, from: .new, to: .error))
        #expect(payment.status == .failed && payment.failure == failure)
        var declined = PaymentMachineTests.row(at: .declined)
        _ = declined.beginAttempt(by: operation, now: now)
        #expect(declined.becomeError(failure, now: now)?.to == .declined)
        #expect(declined.failure?.code == "card_declined" && declined.status == .failed)
    }

    @Test func `the answer that ends an attempt does so in one change`() {
        var payment = Fixture.payment()
        _ = payment.beginAttempt(by: operation, now: now, inCreation: true)
        let fact = PaymentFact(Fixture.snapshot(.declined), source: .freshAnswer(date: now))
        let result = payment.apply(fact, now: now, ending: operation, account: "acct_1")
        #expect(result == .applied(PaymentChange(event: .paymentFailed, from: .new, to: .declined)))
        #expect(payment.status == .failed && payment.openCharge == nil && payment.version == 2)
        #expect(payment.account == "acct_1" && payment.intentOperation == operation)
    }

    @Test func `a second decline is told again, since the status changed`() {
        var payment = PaymentMachineTests.row(at: .declined)
        _ = payment.beginAttempt(by: operation, now: now)
        let fact = PaymentFact(Fixture.snapshot(.declined), source: .freshAnswer(date: now))
        let result = payment.apply(fact, now: now, ending: operation)
        #expect(result == .applied(PaymentChange(event: .paymentFailed, from: .declined, to: .declined)))
        #expect(payment.status == .failed)
    }

    @Test func `another operation's end doesn't end the open charge`() {
        var payment = Fixture.payment()
        _ = payment.beginAttempt(by: operation, now: now)
        let fact = PaymentFact(Fixture.snapshot(.processing), source: .fetched(date: now))
        _ = payment.apply(fact, now: now, ending: OperationID("operation_capture"))
        #expect(payment.openCharge == operation)
    }

    @Test func `an answer that agrees with what a webhook told first changes nothing more`() {
        var payment = Fixture.payment()
        _ = payment.beginAttempt(by: operation, now: now, inCreation: true)
        let snapshot = Fixture.snapshot(.captured, operation: operation.text)
        let event = PaymentFact.Source.event(type: "payment_intent.succeeded", created: now)
        guard case .applied = payment.apply(PaymentFact(snapshot, source: event), now: now) else {
            Issue.record("The webhook doesn't apply.")
            return
        }
        let answer = PaymentFact(snapshot, source: .pastAnswer)
        #expect(payment.apply(answer, now: now, ending: operation).isIgnored)
        #expect(payment.version == 2 && payment.openCharge == nil)
    }

    @Test func `the amount changes only while nothing at Stripe carries it`() {
        for stage in PaymentStage.allCases {
            let payment = PaymentMachineTests.row(at: stage)
            #expect(payment.mayReprice == (stage == .new || stage == .error))
        }
        var payment = Fixture.payment()
        let change = payment.reprice(Money(minorUnits: 1, currency: .eur), now: now)
        #expect(change.event == .paymentUpdated && payment.version == 2 && payment.amount.currency == .eur)
        _ = payment.beginAttempt(by: operation, now: now)
        #expect(!payment.mayReprice)
    }

    @Test func `a payment that lives here alone is captured and canceled here`() {
        var captured = Fixture.payment()
        #expect(captured.isLocal)
        #expect(captured.refusal(of: .capture(amount: 10_001), hasOpenOperation: false)?.field == "amount")
        let change = captured.captureLocally(4_000, now: now)
        #expect(change == PaymentChange(event: .paymentCaptured, from: .new, to: .captured))
        #expect(captured.amountCaptured == 4_000 && captured.status == .succeeded && captured.isLocal)
        var canceled = Fixture.payment()
        #expect(canceled.cancelLocally(now: now).event == .paymentCanceled)
        #expect(canceled.status == .failed && canceled.failure?.code == "canceled")
        for stage in PaymentStage.allCases where stage != .new {
            #expect(!PaymentMachineTests.row(at: stage).isLocal, "\(stage)")
        }
    }

    @Test func `a hold is put on once`() {
        var payment = PaymentMachineTests.row(at: .captured)
        guard case .held(let change, let reason) = payment.hold(because: "Two refunds in one.", now: now) else {
            Issue.record("It isn't held.")
            return
        }
        #expect(change.event == .paymentHeld && change.alert == reason && payment.version == 2)
        #expect(payment.hold(because: "Another.", now: now).isIgnored)
        #expect(payment.hold == "Two refunds in one.")
    }
}
