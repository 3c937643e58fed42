/// News of a payment, with what its source makes of it.
package struct PaymentFact: Hashable, Sendable {
    package var snapshot: PaymentSnapshot
    package var source: Source

    package init(_ snapshot: PaymentSnapshot, source: Source) {
        self.snapshot = snapshot
        self.source = source
    }

    package enum Source: Hashable, Sendable {
        /// The answer to our own call: first send, answered in time, and the row hasn't changed since phase 1.
        case freshAnswer(date: Timestamp?)
        /// Any other answer to our own call: replayed, resent, late, or the row has changed meanwhile.
        case pastAnswer
        /// A GET.
        case fetched(date: Timestamp)
        /// A webhook of the payment intent.
        case event(type: String, created: Timestamp)
    }
}

/// What a machine did with a fact.
///
/// It never throws: a fact is never lost.
package enum OnFact<Change: Hashable & Sendable>: Hashable, Sendable {
    /// The row changed.
    case applied(Change)
    /// Nothing changed; the reason goes into the history.
    case ignored(reason: String)
    /// Not decidable from this; GET the object.
    case refetch(reason: String)
    /// Kept and applied as far as it can be; the payment is on hold.
    case held(Change, reason: String)
}

/// What a change of a payment means to others.
package struct PaymentChange: Hashable, Sendable {
    package var event: EventType
    package var from: PaymentStage
    package var to: PaymentStage
    /// An alert to raise beside the change, such as a smaller capture made elsewhere.
    package var alert: String?

    package init(event: EventType, from: PaymentStage, to: PaymentStage, alert: String? = nil) {
        self.event = event
        self.from = from
        self.to = to
        self.alert = alert
    }
}
