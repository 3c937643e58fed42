/// Where a payment stands on the ladder from recorded to final.
package enum PaymentStage: Int64, Hashable, Sendable, CaseIterable {
    case new = 1
    /// A call was sent and not answered, and nothing else is known: money may have moved.
    case unknown
    /// Refused by the processor before a payment intent existed.
    case error
    case requiresPaymentMethod, requiresConfirmation, requiresAction
    case processing
    case authorized
    case declined
    case abandoned
    case captured
    case canceled
    case expired
}

/// What most callers need to know of a payment.
package enum PaymentStatus: Int64, Hashable, Sendable, CaseIterable {
    case pending = 1
    case succeeded, failed, partiallyRefunded, refunded
}

/// When the money is taken.
package enum CaptureMethod: Int64, Hashable, Sendable {
    case automatic = 1
    case manual
}

/// Whether a payment stands alone or belongs to a series.
package enum PaymentType: Int64, Hashable, Sendable {
    case oneTime = 1
    case recurring
}

/// The newest dispute of a payment.
package enum PaymentDisputeStatus: Int64, Hashable, Sendable {
    case none = 0
    case inquiry, open, underReview, won, lost
}

/// Why a payment failed.
package struct PaymentFailure: Hashable, Sendable {
    package var code: String
    package var declineCode: String
    package var message: String

    package init(code: String, declineCode: String = "", message: String = "") {
        self.code = code
        self.declineCode = declineCode
        self.message = message
    }
}
