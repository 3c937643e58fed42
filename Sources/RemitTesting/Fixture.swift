package import RemitDomain

/// Values for tests, each made anew; what a test is about, it says itself.
package enum Fixture {
    /// 2026-01-01T00:00:00Z.
    package static let start = Timestamp(seconds: 1_767_225_600)
    package static let principal = PrincipalID("principal_test")
    package static let tenant = TenantID("tenant_test")

    /// A New payment of 100.00 usd.
    package static func payment(
        _ id: String = "payment_test", amount: Int64 = 10_000, currency: Currency = .usd
    ) -> Payment {
        Payment(
            id: PaymentID(id), amount: Money(minorUnits: amount, currency: currency), createdAt: start,
            createdBy: principal)
    }

    /// What Stripe shows of a payment intent at that stage, with amounts, charge and failure as they are then.
    package static func snapshot(
        _ stage: PaymentStage, intent: String = "pi_test", amount: Int64 = 10_000, currency: Currency = .usd,
        charge: String = "ch_test", capture: CaptureMethod = .automatic, operation: String = ""
    ) -> PaymentSnapshot {
        let hasCharge: Bool =
            switch stage {
            case .processing, .authorized, .declined, .captured, .expired: true
            case .new, .unknown, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .abandoned,
                .canceled:
                false
            }
        return PaymentSnapshot(
            stripePaymentID: intent, stage: stage, amount: Money(minorUnits: amount, currency: currency),
            amountCapturable: stage == .authorized ? amount : 0, amountCaptured: stage == .captured ? amount : 0,
            latestChargeID: hasCharge ? charge : nil, paymentMethod: "pm_test", captureMethod: capture,
            failure: stage == .declined
                ? PaymentFailure(code: "card_declined", declineCode: "generic_decline", message: "It was declined.")
                : nil,
            created: start, origin: ObjectOrigin(operation: operation))
    }

    /// A requested refund of 40.00 usd.
    package static func refund(_ id: String = "refund_test", amount: Int64 = 4_000) -> Refund {
        Refund(
            id: RefundID(id), payment: PaymentID("payment_test"), amount: Money(minorUnits: amount, currency: .usd),
            createdAt: start, createdBy: principal)
    }

    /// What Stripe shows of that refund.
    package static func refundSnapshot(
        _ status: RefundStatus, id: String = "re_test", amount: Int64 = 4_000
    ) -> RefundSnapshot {
        RefundSnapshot(
            stripeRefundID: id, stripePaymentID: "pi_test", stripeChargeID: "ch_test",
            amount: Money(minorUnits: amount, currency: .usd), status: status,
            failureReason: status == .failed ? "lost_or_stolen_card" : nil, created: start)
    }

    /// A started operation with a key and a prepared call, not sent yet.
    package static func operation(
        _ id: String = "operation_test", method: OperationMethod = .processPayment, key: String? = "key"
    ) -> Operation {
        var operation = Operation(
            id: OperationID(id), principal: principal, key: key, method: method, digests: [],
            entity: "payment_test", payment: PaymentID("payment_test"), createdAt: start)
        operation.prepared = PreparedCall(
            bytes: Array("POST /v1/payment_intents".utf8), attemptKey: "remit:tenant_test:\(id):1:1",
            account: "acct_test", livemode: false)
        return operation
    }
}
