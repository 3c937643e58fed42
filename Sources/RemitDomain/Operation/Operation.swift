/// One mutation: who asked, under which key, what was sent to the processor, and what became of it.
package struct Operation: Hashable, Sendable {
    package let id: OperationID
    package let principal: PrincipalID
    /// The caller's idempotency key; nil frees it, so that any key may run the verb.
    package var key: String?
    package let method: OperationMethod
    /// Keyed digests, one per request field, taken before anything else; names the field of a mismatch.
    package let digests: [FieldDigest]
    package var state: OperationState
    package var outcome: OperationOutcome
    /// What the caller is told instead of a reply, when refused.
    package var refusal: PaymentError?
    /// The operation whose result this one shares: it joined.
    package var leader: OperationID?
    /// The payment, refund or customer.
    package let entity: String
    /// The payment that the verb concerns, for guards over open operations; nil for customers.
    package let payment: PaymentID?
    /// The event whose `after` bytes are the reply; nil while there is none.
    package var replySequence: Int64?
    package var prepared: PreparedCall?
    package var firstSent: Timestamp?
    package var lastSent: Timestamp?
    /// Whether any send went without an answer; then only an executed answer or a look-up ends UNKNOWN.
    package var unanswered: Bool
    /// How often the call was sent, by phase 2 and by the completer.
    package var sends: Int = 0
    /// When the key was found to be of no more use (a replayed 5xx, a parameter mismatch); from then on: look up.
    package var spentAt: Timestamp?
    /// Look-ups that found nothing, each at least an hour after the key was spent.
    package var emptyLookUps: Int = 0
    /// When the completer looks at it next.
    package var dueAt: Timestamp?
    package let createdAt: Timestamp

    package init(
        id: OperationID, principal: PrincipalID, key: String?, method: OperationMethod, digests: [FieldDigest],
        entity: String, payment: PaymentID?, createdAt: Timestamp
    ) {
        self.id = id
        self.principal = principal
        self.key = key
        self.method = method
        self.digests = digests
        self.entity = entity
        self.payment = payment
        self.createdAt = createdAt
        state = .started
        outcome = .none
        unanswered = false
    }
}

/// The verbs that have operations.
package enum OperationMethod: Int64, Hashable, Sendable, CaseIterable {
    case createPayment = 1
    case executePayment, processPayment, capturePayment, refundPayment, createCustomer
    case createTenant
}

/// A request field's name and keyed digest.
package struct FieldDigest: Hashable, Sendable {
    package var field: String
    package var digest: UInt64

    package init(field: String, digest: UInt64) {
        self.field = field
        self.digest = digest
    }
}

/// Where an operation stands: claimed → started → finished, or started → unknown → finished.
package enum OperationState: Int64, Hashable, Sendable {
    case claimed = 1
    case started, unknown, finished

    /// Whether the processor may still be at it.
    package var isOpen: Bool { self == .started || self == .unknown }
}

/// What is known of an operation's effect.
package enum OperationOutcome: Int64, Hashable, Sendable {
    /// Nothing was executed, or nothing is said yet.
    case none = 1
    /// Refused; no money moved.
    case failure
    /// Money may have moved.
    case unknown
    case success
}
