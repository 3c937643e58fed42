/// One refund of a payment: its row, and the machine that moves it.
package struct Refund: Hashable, Sendable {
    package let id: RefundID
    /// 1 when created, +1 per applied change.
    package var version: Int64 = 1
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package let createdBy: PrincipalID
    package let payment: PaymentID
    package let amount: Money
    package var reason: RefundReason = .none
    package var status: RefundStatus = .requested
    package var stripeRefundID: String?
    package var failureReason: String?
    /// The processor's account that holds it.
    package var account: String?
    /// When anything was last learned of it, by our clock; a GET is sent at least 5 s after it.
    ///
    /// Not in the message.
    package var learnedAt: Timestamp?

    package init(id: RefundID, payment: PaymentID, amount: Money, createdAt: Timestamp, createdBy: PrincipalID) {
        self.id = id
        self.payment = payment
        self.amount = amount
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.createdBy = createdBy
    }
}

/// Where a refund stands.
package enum RefundStatus: Int64, Hashable, Sendable, CaseIterable {
    case requested = 1
    /// Sent and not answered: money may have moved.
    case unknown
    case pending, requiresAction, succeeded, failed, canceled
}

/// Why a payment is refunded.
package enum RefundReason: Int64, Hashable, Sendable {
    case none = 0
    case duplicate, fraudulent, requestedByCustomer
}
