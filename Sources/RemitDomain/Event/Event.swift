/// One applied change of a tenant, before the store numbers it.
package struct EventDraft: Hashable, Sendable {
    package var id: EventID
    package var type: EventType
    package var entityType: EntityType
    package var entity: String
    /// The verb or fact that changed it.
    package var verb: String
    /// The entity's message after the change.
    package var after: [UInt8]
    package var actor: String
    package var operation: OperationID?
    package var stripeEventID: String?
    package var at: Timestamp

    package init(
        id: EventID, type: EventType, entityType: EntityType, entity: String, verb: String, after: [UInt8],
        actor: String, operation: OperationID?, stripeEventID: String?, at: Timestamp
    ) {
        self.id = id
        self.type = type
        self.entityType = entityType
        self.entity = entity
        self.verb = verb
        self.after = after
        self.actor = actor
        self.operation = operation
        self.stripeEventID = stripeEventID
        self.at = at
    }
}

/// A committed event.
///
/// `before` is the `after` of the entity's event before it: the store derives it.
package struct Event: Hashable, Sendable {
    /// 1 … n in the tenant, without holes.
    package var sequence: Int64
    package var draft: EventDraft
    package var before: [UInt8]

    package init(sequence: Int64, draft: EventDraft, before: [UInt8]) {
        self.sequence = sequence
        self.draft = draft
        self.before = before
    }
}

/// What kind of change an event tells of.
package enum EventType: String, Hashable, Sendable, CaseIterable {
    case paymentCreated = "payment.created"
    case paymentUpdated = "payment.updated"
    case paymentProcessing = "payment.processing"
    case paymentRequiresAction = "payment.requires_action"
    case paymentAuthorized = "payment.authorized"
    case paymentCaptured = "payment.captured"
    case paymentFailed = "payment.failed"
    case paymentCanceled = "payment.canceled"
    case paymentExpired = "payment.expired"
    case paymentRefunded = "payment.refunded"
    case paymentHeld = "payment.held"
    case refundCreated = "refund.created"
    case refundUpdated = "refund.updated"
    case refundSucceeded = "refund.succeeded"
    case refundFailed = "refund.failed"
    case refundCanceled = "refund.canceled"
    case customerCreated = "customer.created"
    case customerUpdated = "customer.updated"
    case customerDeleted = "customer.deleted"
    case alertRaised = "alert.raised"
}
