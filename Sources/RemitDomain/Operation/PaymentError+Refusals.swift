/// Every refusal's text, in one place. Each says what to do, names the field to blame, and holds no name or secret.
extension PaymentError {
    // MARK: The request

    package static func invalid(_ field: String, _ message: String) -> Self {
        Self(.invalidArgument, reason: "invalid_argument", message: message, field: field, notProcessed: true)
    }

    package static func amountOutOfRange(_ message: String) -> Self {
        Self(.invalidArgument, reason: "amount_out_of_range", message: message, field: "amount", notProcessed: true)
    }

    package static func cardNumber(in field: String) -> Self {
        Self(
            .invalidArgument, reason: "card_number",
            message: "Remove the card number; send the processor's payment method id instead.", field: field,
            notProcessed: true)
    }

    package static func notFound(_ entity: EntityType, field: String = "id") -> Self {
        Self(
            .notFound, reason: "\(entity.rawValue)_not_found",
            message: "No such \(entity.rawValue); check the id and the tenant.", field: field, notProcessed: true)
    }

    package static func alreadyExists(_ entity: EntityType, field: String) -> Self {
        Self(
            .alreadyExists, reason: "\(entity.rawValue)_exists",
            message: "Another \(entity.rawValue) has this \(field); read that one, or use another value.",
            field: field, notProcessed: true)
    }

    package static func versionMismatch(expected: Int64, actual: Int64) -> Self {
        Self(
            .aborted, reason: "version_mismatch",
            message: "Expected version \(expected), but it is \(actual); read it again and decide anew.",
            field: "expected_version", notProcessed: true)
    }

    // MARK: Keys and orders

    package static func idempotencyMismatch(field: String) -> Self {
        Self(
            .failedPrecondition, reason: "idempotency_mismatch",
            message: "This key was used with another \(field); use a new key for a new request.", field: field,
            notProcessed: true)
    }

    package static func orderMismatch(field: String) -> Self {
        Self(
            .failedPrecondition, reason: "order_mismatch",
            message: "This order's payment has another \(field); use another order id for another payment.",
            field: field, notProcessed: true)
    }

    package static let lockContention = Self(
        .aborted, reason: "lock_contention",
        message: "Other calls hold this payment; retry with the same idempotency key.", notProcessed: true,
        retryAfterMilliseconds: 1_000)

    package static func busy(retryAfterMilliseconds: Int) -> Self {
        Self(
            .resourceExhausted, reason: "tenant_busy",
            message: "Too many calls of this tenant are under way; retry later with the same idempotency key.",
            notProcessed: true, retryAfterMilliseconds: retryAfterMilliseconds)
    }

    // MARK: The payment's state

    package static func wrongStage(_ stage: PaymentStage, needed: String, verb: String) -> Self {
        Self(
            .failedPrecondition, reason: "wrong_stage",
            message: "The payment's stage is \(stage.name); \(verb) needs \(needed).", field: "stage",
            notProcessed: true)
    }

    package static let operationOpen = Self(
        .failedPrecondition, reason: "operation_open",
        message: "An operation on this payment is still open; await it, then decide by the payment's stage.",
        field: "stage", notProcessed: true)

    package static let paymentDeleted = Self(
        .failedPrecondition, reason: "payment_deleted",
        message: "The payment is deleted; use another one, or another order id.", field: "deleted_at",
        notProcessed: true)

    package static func onHold(_ reason: String) -> Self {
        Self(
            .failedPrecondition, reason: "payment_on_hold",
            message: "The payment is on hold until an operator resolves it: \(reason)", field: "hold",
            notProcessed: true)
    }

    package static let nothingToRefund = Self(
        .failedPrecondition, reason: "nothing_to_refund",
        message: "All that was captured is refunded or being refunded; nothing remains.", field: "amount_refunded",
        notProcessed: true)

    // MARK: The processor

    package static let stripeNotConfigured = Self(
        .failedPrecondition, reason: "stripe_not_configured",
        message: "This tenant has no Stripe key; configure one, then retry.", notProcessed: true)

    package static let stripeCredentials = Self(
        .failedPrecondition, reason: "stripe_credentials",
        message: "Stripe refused the tenant's key or its rights; correct the key, then retry.", notProcessed: true)

    package static let accountChanged = Self(
        .failedPrecondition, reason: "account_changed",
        message: "This belongs to another Stripe account than the tenant's present key; restore that account's key.",
        field: "account", notProcessed: true)

    package static func providerUnavailable(retryAfterMilliseconds: Int) -> Self {
        Self(
            .unavailable, reason: "provider_unavailable",
            message: "Stripe takes no call now, nothing was executed; retry with the same idempotency key.",
            notProcessed: true, retryAfterMilliseconds: retryAfterMilliseconds)
    }

    /// A definite refusal: outcome FAILURE, no money moved.
    package static func providerRefused(code: String, param: String?, message: String) -> Self {
        let said = message.isEmpty || CardNumber.isContained(in: message) ? "" : ": \(message.prefix(300))"
        return Self(
            .failedPrecondition, reason: "provider_refused",
            message: "Stripe refused the call (\(code.isEmpty ? "no code" : code))\(said)",
            field: param.flatMap(field(ofParameter:)), outcome: .failure)
    }

    /// Sent and not answered: money may have moved.
    package static let unknownOutcome = Self(
        .unavailable, reason: "unknown_outcome",
        message: "Stripe didn't answer and the call may have had its effect; ask again with the same idempotency key.",
        outcome: .unknown, retryAfterMilliseconds: 5_000)

    /// What was thought unknown is known to have had no effect.
    package static let hadNoEffect = Self(
        .unavailable, reason: "had_no_effect",
        message: "The call never had an effect at Stripe; it may be made again, under any key.")

    package static let commitFailed = Self(
        .unavailable, reason: "commit_failed",
        message: "The store failed while committing; ask again with the same idempotency key.", outcome: .unknown,
        retryAfterMilliseconds: 1_000)

    /// Why the call couldn't be prepared; nothing was written or sent.
    package init(_ notSent: NotSent) {
        switch notSent {
        case .notConfigured: self = .stripeNotConfigured
        case .unavailable(let milliseconds): self = .providerUnavailable(retryAfterMilliseconds: milliseconds)
        case .accountChanged: self = .accountChanged
        case .invalid(let field, let message): self = .invalid(field, message)
        }
    }

    /// Whether the refusal stays with its key: guards' and Stripe's refusals do, what may pass by itself doesn't.
    package var isSticky: Bool {
        switch code {
        case .failedPrecondition:
            reason != Self.stripeNotConfigured.reason && reason != Self.stripeCredentials.reason
                && reason != Self.accountChanged.reason
        case .notFound, .alreadyExists: true
        case .invalidArgument, .deadlineExceeded, .permissionDenied, .resourceExhausted, .aborted, .outOfRange,
            .internal, .unavailable, .unauthenticated:
            false
        }
    }

    /// Our request field that Stripe's parameter came from; nil where it is none of ours.
    package static func field(ofParameter param: String) -> String? {
        switch param {
        case "amount", "amount_to_capture": "amount"
        case "currency", "payment_method", "return_url", "off_session", "capture_method", "description", "reason",
            "name", "email", "tax_exempt":
            param
        case "customer": "customer_id"
        case "metadata": "metadata"
        default: param.hasPrefix("metadata[") ? "metadata" : nil
        }
    }
}
