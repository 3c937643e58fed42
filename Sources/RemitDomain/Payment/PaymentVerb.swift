/// What a caller wants done with an existing payment.
package enum PaymentVerb: Hashable, Sendable {
    case execute
    /// Run the order again: New, or the next attempt after a failure.
    case process
    case retry
    /// `amount` nil: all that is capturable.
    case capture(amount: Int64?)
    case cancel
    /// `amount` nil: all that remains. `reserved`: the sum of the refunds that hold their reservation, succeeded ones too.
    case refund(amount: Int64?, reserved: Int64)
    case delete
}

extension Payment {
    /// Why the row as it stands forbids the verb; nil when it may run.
    ///
    /// `hasOpenOperation`: another operation on this payment is started or unknown (refunds don't count). Every refusal
    /// is FAILED_PRECONDITION with the states named, but for an amount out of range: INVALID_ARGUMENT, `amount`.
    package func refusal(of verb: PaymentVerb, hasOpenOperation: Bool) -> PaymentError? {
        if deletedAt != nil, !verb.mayConcernDeleted { return .paymentDeleted }
        if let hold { return .onHold(hold) }
        switch verb {
        case .execute:
            if hasOpenOperation { return .operationOpen }
            return stage == .new ? nil : .wrongStage(stage, needed: "New", verb: "execute")
        case .process, .retry:
            return refusalOfNextAttempt(verb == .retry ? "retry" : "process", hasOpenOperation)
        case .capture(let amount): return refusalOfCapture(amount, hasOpenOperation)
        case .cancel:
            if hasOpenOperation { return .operationOpen }
            return stage.isFinal
                ? .wrongStage(stage, needed: "any that isn't final", verb: "cancel") : nil
        case .refund(let amount, let reserved): return refusalOfRefund(amount, reserved: reserved)
        case .delete:
            if hasOpenOperation { return .operationOpen }
            let mayGo = stage == .new || stage.isFinal
            return mayGo ? nil : .wrongStage(stage, needed: "New or final", verb: "delete")
        }
    }

    /// The amount that a capture takes: the one asked for, or all that is capturable.
    package func captureAmount(asked: Int64?) -> Int64 { asked ?? capturable }

    /// The amount that a refund returns: the one asked for, or all that remains beside the `reserved` refunds.
    package func refundAmount(asked: Int64?, reserved: Int64) -> Int64 { asked ?? (amountCaptured - reserved) }

    private var capturable: Int64 { isLocal && stage == .new ? amount.minorUnits : amountCapturable }

    private func refusalOfNextAttempt(_ verb: String, _ hasOpenOperation: Bool) -> PaymentError? {
        if hasOpenOperation || openCharge != nil { return .operationOpen }
        switch stage {
        case .new, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .declined, .abandoned,
            .expired:
            return nil
        case .canceled:
            // Canceled by our verb stays canceled; what was canceled elsewhere or expired may be tried anew.
            return isCanceledHere ? .wrongStage(stage, needed: "New or failed", verb: verb) : nil
        case .unknown, .processing, .authorized, .captured:
            return .wrongStage(stage, needed: "New or failed", verb: verb)
        }
    }

    private func refusalOfCapture(_ asked: Int64?, _ hasOpenOperation: Bool) -> PaymentError? {
        if hasOpenOperation { return .operationOpen }
        guard stage == .authorized || (isLocal && stage == .new) else {
            return .wrongStage(stage, needed: "Authorized", verb: "capture")
        }
        let wanted = captureAmount(asked: asked)
        guard wanted > 0, wanted <= capturable else {
            return .amountOutOfRange("Capture 1 … \(capturable) minor units.")
        }
        return nil
    }

    private func refusalOfRefund(_ asked: Int64?, reserved: Int64) -> PaymentError? {
        guard stage == .captured else { return .wrongStage(stage, needed: "Captured", verb: "refund") }
        let remaining = amountCaptured - reserved
        if let asked {
            guard asked > 0, asked <= remaining else {
                return .amountOutOfRange(
                    remaining > 0 ? "Refund 1 … \(remaining) minor units." : "Nothing remains to be refunded.")
            }
            return nil
        }
        return remaining > 0 ? nil : .nothingToRefund
    }
}

extension PaymentVerb {
    /// Money that was taken can be returned even after its row was deleted.
    fileprivate var mayConcernDeleted: Bool {
        switch self {
        case .refund: true
        case .execute, .process, .retry, .capture, .cancel, .delete: false
        }
    }
}
