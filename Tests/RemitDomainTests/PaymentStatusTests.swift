import RemitDomain
import RemitTesting
import Testing

@Suite struct PaymentStatusTests {
    @Test(arguments: [
        (PaymentStage.new, 0, PaymentStatus.pending, false), (.unknown, 1, .pending, false),
        (.error, 1, .failed, false),
        (.requiresPaymentMethod, 2, .pending, false), (.requiresConfirmation, 2, .pending, false),
        (.requiresAction, 2, .pending, false), (.processing, 3, .pending, false), (.authorized, 4, .pending, false),
        (.declined, 5, .failed, false), (.abandoned, 6, .failed, false), (.captured, 9, .succeeded, true),
        (.canceled, 9, .failed, true), (.expired, 9, .failed, true),
    ])
    func `each stage has its rung and its public status`(
        stage: PaymentStage, level: Int, status: PaymentStatus, isFinal: Bool
    ) {
        let payment = PaymentMachineTests.row(at: stage)
        #expect(payment.level == level)
        #expect(stage.isFinal == isFinal)
        #expect(payment.status(hasOpenCharge: false) == status)
        #expect(payment.status(hasOpenCharge: true) == (isFinal ? status : .pending))
    }

    @Test func `a captured payment's status follows what was refunded`() {
        var payment = PaymentMachineTests.row(at: .captured)
        for (refunded, status) in [(0 as Int64, PaymentStatus.succeeded), (1, .partiallyRefunded), (10_000, .refunded)]
        {
            payment.amountRefunded = refunded
            #expect(payment.status == status)
        }
    }

    @Test func `refunds change the sum with an event, and back without a regression of the stage`() {
        var payment = PaymentMachineTests.row(at: .captured)
        let now = PaymentMachineTests.now
        let captured = PaymentStage.captured
        #expect(
            payment.apply(refundedTotal: 4_000, now: now)
                == .applied(PaymentChange(event: .paymentRefunded, from: captured, to: captured)))
        #expect(payment.apply(refundedTotal: 4_000, now: now).isIgnored)
        #expect(
            payment.apply(refundedTotal: 0, now: now)
                == .applied(PaymentChange(event: .paymentUpdated, from: captured, to: captured)))
        #expect(payment.status == .succeeded)
        #expect(payment.version == 3)
    }

    @Test func `more refunded than captured is a hold, and a refund before the capture is known needs a GET`() {
        var payment = PaymentMachineTests.row(at: .captured)
        guard case .held(let change, _) = payment.apply(refundedTotal: 10_001, now: PaymentMachineTests.now) else {
            Issue.record("It isn't held.")
            return
        }
        #expect(change.event == .paymentHeld && change.alert != nil)
        #expect(payment.hold != nil && payment.version == 2)
        var early = PaymentMachineTests.row(at: .processing)
        let result = early.apply(refundedTotal: 1, now: PaymentMachineTests.now)
        guard case .refetch = result else {
            Issue.record("It doesn't ask for a GET.")
            return
        }
        #expect(early == PaymentMachineTests.row(at: .processing))
    }
}

extension OnFact {
    var isIgnored: Bool {
        if case .ignored = self { return true }
        return false
    }
}
