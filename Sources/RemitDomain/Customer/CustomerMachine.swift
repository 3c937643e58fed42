/// What a change of a customer means to others.
package struct CustomerChange: Hashable, Sendable {
    package var event: EventType

    package init(event: EventType) {
        self.event = event
    }
}

extension Customer {
    /// Whether callers may see it: only what is known to be mirrored at the processor.
    package var isVisible: Bool { stripeCustomerID != nil }

    /// Takes in news of its mirror.
    ///
    /// The first one makes it visible; a deletion there deletes it here, and its payments stay refundable.
    package mutating func apply(
        _ snapshot: CustomerSnapshot, now: Timestamp, account: String? = nil
    ) -> OnFact<CustomerChange> {
        if let stripeCustomerID, stripeCustomerID != snapshot.stripeCustomerID {
            return .ignored(reason: "Another mirror of this customer.")
        }
        if snapshot.deleted {
            guard deletedAt == nil else { return .ignored(reason: "It is deleted already.") }
            stripeCustomerID = snapshot.stripeCustomerID
            deletedAt = now
            return .applied(change(.customerDeleted, now))
        }
        guard stripeCustomerID == nil else { return .ignored(reason: "It agrees with the row.") }
        stripeCustomerID = snapshot.stripeCustomerID
        livemode = snapshot.livemode
        self.account = account ?? self.account
        // Hidden until now: what others see is its creation.
        updatedAt = max(updatedAt, now)
        return .applied(CustomerChange(event: .customerCreated))
    }

    private mutating func change(_ event: EventType, _ now: Timestamp) -> CustomerChange {
        version += 1
        updatedAt = max(updatedAt, now)
        return CustomerChange(event: event)
    }
}
