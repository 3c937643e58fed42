import RemitDomain
import RemitTesting
import Testing

@Suite struct PaymentVerbTests {
    /// The stages from which each verb may run when nothing else is open.
    @Test(arguments: PaymentStage.allCases)
    func `each verb runs from its stages only, and a refusal names the stage`(stage: PaymentStage) {
        let payment = PaymentMachineTests.row(at: stage)
        let table: [(PaymentVerb, Set<PaymentStage>)] = [
            (.execute, [.new]),
            (
                .process,
                [
                    .new, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .declined,
                    .abandoned, .canceled, .expired,
                ]
            ),
            (
                .retry,
                [
                    .new, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .declined,
                    .abandoned, .canceled, .expired,
                ]
            ),
            (.capture(amount: nil), [.new, .authorized]),
            (.cancel, Set(PaymentStage.allCases.filter { !$0.isFinal })),
            (.refund(amount: nil, reserved: 0), [.captured]),
            (.delete, [.new, .captured, .canceled, .expired]),
        ]
        for (verb, stages) in table {
            let refusal = payment.refusal(of: verb, hasOpenOperation: false)
            #expect((refusal == nil) == stages.contains(stage), "\(verb)")
            guard let refusal else { continue }
            #expect(refusal.code == .failedPrecondition)
            #expect(refusal.field == "stage")
            #expect(refusal.message.contains(stage.name))
            #expect(refusal.isSticky)
        }
    }

    @Test func `an open operation refuses all but refunds`() {
        let verbs: [PaymentVerb] = [.execute, .process, .retry, .capture(amount: nil), .cancel, .delete]
        for verb in verbs {
            for stage in PaymentStage.allCases {
                let payment = PaymentMachineTests.row(at: stage)
                #expect(payment.refusal(of: verb, hasOpenOperation: true)?.code == .failedPrecondition)
            }
        }
        let captured = PaymentMachineTests.row(at: .captured)
        #expect(captured.refusal(of: .refund(amount: 1, reserved: 0), hasOpenOperation: true) == nil)
    }

    @Test func `a hold refuses every verb, a deletion all but refunds`() {
        var held = PaymentMachineTests.row(at: .captured)
        held.hold = "Look at it."
        var deleted = PaymentMachineTests.row(at: .captured)
        deleted.deletedAt = Fixture.start
        let verbs: [PaymentVerb] = [
            .execute, .process, .retry, .capture(amount: 1), .cancel, .refund(amount: 1, reserved: 0), .delete,
        ]
        for verb in verbs {
            let refusal = held.refusal(of: verb, hasOpenOperation: false)
            #expect(refusal?.reason == "payment_on_hold")
            #expect(refusal?.field == "hold")
            let isRefund = verb == .refund(amount: 1, reserved: 0)
            #expect((deleted.refusal(of: verb, hasOpenOperation: false)?.reason == "payment_deleted") == !isRefund)
        }
    }

    @Test(arguments: [
        (nil as Int64?, true), (1, true), (10_000, true), (0, false), (-1, false), (10_001, false), (.max, false),
        (.min, false),
    ])
    func `a capture takes 1 up to what is capturable`(amount: Int64?, isGood: Bool) {
        let payment = PaymentMachineTests.row(at: .authorized, capture: .manual)
        let refusal = payment.refusal(of: .capture(amount: amount), hasOpenOperation: false)
        #expect((refusal == nil) == isGood)
        guard let refusal else {
            #expect(payment.captureAmount(asked: amount) == amount ?? 10_000)
            return
        }
        #expect(refusal.code == .invalidArgument && refusal.field == "amount" && !refusal.isSticky)
    }

    @Test(arguments: [
        (nil as Int64?, 0 as Int64, nil as PaymentError.Code?, 10_000 as Int64), (1, 0, nil, 1),
        (10_000, 0, nil, 10_000), (6_000, 4_000, nil, 6_000), (nil, 4_000, nil, 6_000),
        (6_001, 4_000, .invalidArgument, 0), (10_001, 0, .invalidArgument, 0), (0, 0, .invalidArgument, 0),
        (-1, 0, .invalidArgument, 0), (1, 10_000, .invalidArgument, 0), (nil, 10_000, .failedPrecondition, 0),
    ])
    func `a refund takes 1 up to what is captured and not reserved`(
        amount: Int64?, reserved: Int64, code: PaymentError.Code?, refunded: Int64
    ) {
        let payment = PaymentMachineTests.row(at: .captured)
        let refusal = payment.refusal(of: .refund(amount: amount, reserved: reserved), hasOpenOperation: false)
        #expect(refusal?.code == code)
        if refusal == nil { #expect(payment.refundAmount(asked: amount, reserved: reserved) == refunded) }
    }

    // MARK: - The same order again

    private func again(
        _ payment: Payment, amount: Int64 = 10_000, currency: Currency = .usd, customer: CustomerID? = nil,
        isOpen: Bool = false
    ) -> OnSameOrder {
        payment.onSameOrder(
            amount: Money(minorUnits: amount, currency: currency), customer: customer, hasOpenOperation: isOpen)
    }

    @Test(arguments: PaymentStage.allCases)
    func `the same order joins what is open, runs what is New or failed, and answers with all else`(
        stage: PaymentStage
    ) {
        let payment = PaymentMachineTests.row(at: stage)
        #expect(again(payment, isOpen: true) == .join)
        let expected: OnSameOrder =
            switch stage {
            case .unknown: .join
            case .new, .error, .declined, .abandoned, .canceled, .expired: .run(reprice: false)
            case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .authorized, .captured:
                .reply
            }
        #expect(again(payment) == expected)
    }

    @Test(arguments: PaymentStage.allCases)
    func `another amount, currency or customer is refused by name, unless nothing at Stripe carries the amount`(
        stage: PaymentStage
    ) {
        let payment = PaymentMachineTests.row(at: stage)
        let mayChange = stage == .new || stage == .error
        let refusals: [(OnSameOrder, String)] = [
            (again(payment, amount: 9_999), "amount"), (again(payment, currency: .eur), "currency"),
        ]
        for (result, field) in refusals {
            #expect(result == (mayChange ? .run(reprice: true) : .refuse(.orderMismatch(field: field))))
        }
        let customer = again(payment, customer: CustomerID("customer_other"))
        #expect(customer == .refuse(.orderMismatch(field: "customer_id")))
        #expect(again(payment, amount: 1, isOpen: true) == .refuse(.orderMismatch(field: "amount")))
    }

    @Test func `an order that was canceled by our verb, is held or deleted isn't run again`() {
        var canceled = Fixture.payment()
        _ = canceled.cancelLocally(now: Fixture.start)
        var held = Fixture.payment()
        held.hold = "Look at it."
        var deleted = Fixture.payment()
        deleted.deletedAt = Fixture.start
        for payment in [canceled, held, deleted] {
            guard case .refuse(let error) = again(payment) else {
                Issue.record("It isn't refused.")
                continue
            }
            #expect(error.code == .failedPrecondition)
        }
    }
}
