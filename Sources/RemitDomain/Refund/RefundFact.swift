/// News of a refund, with what its source makes of it.
package struct RefundFact: Hashable, Sendable {
    package var snapshot: RefundSnapshot
    package var source: Source

    package init(_ snapshot: RefundSnapshot, source: Source) {
        self.snapshot = snapshot
        self.source = source
    }

    package enum Source: Hashable, Sendable {
        /// The answer to our own call: first send, answered in time, and the row hasn't changed since phase 1.
        case freshAnswer
        /// Any other answer to our own call.
        case pastAnswer
        /// A GET.
        case fetched
        /// A webhook.
        case event(type: String)
    }
}

/// What a change of a refund means to others.
package struct RefundChange: Hashable, Sendable {
    package var event: EventType
    package var from: RefundStatus
    package var to: RefundStatus
    /// An alert to raise beside the change, such as a refund that failed after it had succeeded.
    package var alert: String?

    package init(event: EventType, from: RefundStatus, to: RefundStatus, alert: String? = nil) {
        self.event = event
        self.from = from
        self.to = to
        self.alert = alert
    }
}
