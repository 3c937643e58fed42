import RemitDomain
import Testing

@Suite struct PaymentErrorTests {
    private static let all: [PaymentError] = [
        .invalid("order_id", "Give 1 … 255 characters."), .amountOutOfRange("Refund 1 … 5 minor units."),
        .cardNumber(in: "metadata"), .notFound(.payment), .alreadyExists(.payment, field: "order_id"),
        .versionMismatch(expected: 3, actual: 4), .idempotencyMismatch(field: "amount"),
        .orderMismatch(field: "currency"), .lockContention, .busy(retryAfterMilliseconds: 100),
        .wrongStage(.captured, needed: "New", verb: "execute"), .operationOpen, .paymentDeleted,
        .onHold("Look at it."), .nothingToRefund, .stripeNotConfigured, .stripeCredentials, .accountChanged,
        .providerUnavailable(retryAfterMilliseconds: 100),
        .providerRefused(code: "c", param: "amount", message: "No."), .unknownOutcome, .hadNoEffect, .commitFailed,
    ]

    @Test func `every refusal has a reason in snake case and a sentence`() {
        for error in Self.all {
            #expect(error.reason.allSatisfy { $0.isLowercase || $0 == "_" })
            #expect(error.message.first?.isUppercase == true)
            #expect(error.message.count > 10)
        }
        #expect(Set(Self.all.map(\.reason)).count == Self.all.count)
    }

    @Test func `what surely had no effect isn't unknown, and what is unknown asks for the same key`() {
        for error in Self.all {
            if error.notProcessed { #expect(error.outcome == .none) }
            if error.outcome == .unknown { #expect(error.message.contains("same idempotency key")) }
        }
    }

    @Test func `sticky are guards' and Stripe's refusals, not what may pass by itself`() {
        let sticky: Set = [
            "payment_not_found", "payment_exists", "idempotency_mismatch", "order_mismatch", "wrong_stage",
            "operation_open", "payment_deleted", "payment_on_hold", "nothing_to_refund", "provider_refused",
        ]
        for error in Self.all { #expect(error.isSticky == sticky.contains(error.reason), "\(error.reason)") }
    }

    @Test func `both versions are named`() {
        let error = PaymentError.versionMismatch(expected: 3, actual: 4)
        #expect(error.code == .aborted && error.message.contains("3") && error.message.contains("4"))
    }

    @Test func `what couldn't be prepared wasn't processed`() {
        let table: [(NotSent, PaymentError.Code, String)] = [
            (.notConfigured, .failedPrecondition, "stripe_not_configured"),
            (.unavailable(retryAfterMilliseconds: 5), .unavailable, "provider_unavailable"),
            (.accountChanged, .failedPrecondition, "account_changed"),
            (.invalid(field: "amount", message: "Give whole units."), .invalidArgument, "invalid_argument"),
        ]
        for (notSent, code, reason) in table {
            let error = PaymentError(notSent)
            #expect(error.code == code && error.reason == reason && error.notProcessed && error.outcome == .none)
        }
    }
}
