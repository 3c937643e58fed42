extension EventType {
    /// What an event of this type tells of.
    package var entityType: EntityType {
        switch self {
        case .paymentCreated, .paymentUpdated, .paymentProcessing, .paymentRequiresAction, .paymentAuthorized,
            .paymentCaptured, .paymentFailed, .paymentCanceled, .paymentExpired, .paymentRefunded, .paymentHeld,
            .alertRaised:
            .payment
        case .refundCreated, .refundUpdated, .refundSucceeded, .refundFailed, .refundCanceled: .refund
        case .customerCreated, .customerUpdated, .customerDeleted: .customer
        }
    }

    /// The names under which older consumers know it.
    ///
    /// Every applied change also answers to `{entity}.updated`.
    package var aliases: [String] {
        switch self {
        case .paymentCreated: ["PaymentCreatedEvent"]
        case .paymentUpdated, .refundUpdated, .customerUpdated, .alertRaised: []
        case .paymentProcessing, .paymentRequiresAction, .paymentAuthorized, .paymentCanceled, .paymentExpired:
            ["payment.updated", "PaymentStatusUpdatedEvent"]
        case .paymentCaptured:
            ["payment.updated", "PaymentStatusUpdatedEvent", "PaymentProcessed", "billing.payment_succeeded"]
        case .paymentFailed:
            ["payment.updated", "PaymentStatusUpdatedEvent", "PaymentFailed", "billing.payment_failed"]
        case .paymentRefunded: ["payment.updated", "PaymentStatusUpdatedEvent", "billing.payment_refunded"]
        case .paymentHeld: ["payment.updated"]
        case .refundCreated: []
        case .refundSucceeded: ["refund.updated", "RefundIssued"]
        case .refundFailed, .refundCanceled: ["refund.updated"]
        case .customerCreated: ["billing.customer_created"]
        case .customerDeleted: ["customer.updated"]
        }
    }

    /// Whether a subscriber's choice names this type, by its own name or an older one.
    package func answers(to name: String) -> Bool { rawValue == name || aliases.contains(name) }
}
