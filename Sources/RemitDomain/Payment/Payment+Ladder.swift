extension PaymentStage {
    /// The stage's place on the ladder, 0 … 9.
    ///
    /// It orders events and reports; a GET or a fresh answer outranks it.
    package var level: Int {
        switch self {
        case .new: 0
        case .unknown, .error: 1
        case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: 2
        case .processing: 3
        case .authorized: 4
        case .declined: 5
        case .abandoned: 6
        case .captured, .canceled, .expired: 9
        }
    }

    /// Whether a payment intent never leaves it (but for Captured, which may replace the other two).
    package var isFinal: Bool { level == 9 }

    /// Whether it is shown as Failed when no operation that may charge is open.
    package var isPubliclyFailed: Bool {
        switch self {
        case .error, .declined, .abandoned, .canceled, .expired: true
        case .new, .unknown, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .authorized,
            .captured:
            false
        }
    }

    /// What arriving at this stage is called among events.
    package var event: EventType {
        switch self {
        case .new, .unknown, .requiresPaymentMethod, .requiresConfirmation: .paymentUpdated
        case .requiresAction: .paymentRequiresAction
        case .processing: .paymentProcessing
        case .authorized: .paymentAuthorized
        case .error, .declined, .abandoned: .paymentFailed
        case .captured: .paymentCaptured
        case .canceled: .paymentCanceled
        case .expired: .paymentExpired
        }
    }

    /// The stage's name as callers read it, for refusals.
    package var name: String {
        switch self {
        case .new: "New"
        case .unknown: "Unknown"
        case .error: "Error"
        case .requiresPaymentMethod: "RequiresPaymentMethod"
        case .requiresConfirmation: "RequiresConfirmation"
        case .requiresAction: "RequiresAction"
        case .processing: "Processing"
        case .authorized: "Authorized"
        case .declined: "Declined"
        case .abandoned: "Abandoned"
        case .captured: "Captured"
        case .canceled: "Canceled"
        case .expired: "Expired"
        }
    }
}

extension Payment {
    /// The place of its stage on the ladder, 0 … 9.
    package var level: Int { stage.level }

    /// The public projection, by the row's own open charge.
    package var status: PaymentStatus { status(hasOpenCharge: openCharge != nil) }

    /// The public projection: what isn't final is Pending while an operation that may charge is open.
    package func status(hasOpenCharge: Bool) -> PaymentStatus {
        if stage == .captured {
            guard amountRefunded > 0 else { return .succeeded }
            return amountRefunded < amountCaptured ? .partiallyRefunded : .refunded
        }
        if hasOpenCharge && !stage.isFinal { return .pending }
        return stage.isPubliclyFailed ? .failed : .pending
    }

    /// Whether it lives here only (recorded for a manual gateway): its verbs are local facts in one transaction.
    package var isLocal: Bool {
        guard stripePaymentID == nil, openCharge == nil else { return false }
        switch stage {
        case .new, .captured, .canceled: return true
        case .unknown, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing,
            .authorized, .declined, .abandoned, .expired:
            return false
        }
    }

    /// When a GET of its payment intent may be sent: 5 s after the newest thing learned, since a GET can be stale.
    package var refetchDueAt: Timestamp { (learnedAt ?? createdAt) + Self.refetchDelayMilliseconds }

    /// How long after the newest thing learned a GET may be sent; Stripe's GETs can be a second stale, its clock coarse.
    package static let refetchDelayMilliseconds: Int64 = 5_000

    /// How much newer than the newest thing known an event must be to apply as it is; events count whole seconds.
    package static let eventLeadMilliseconds: Int64 = 2_000
}
