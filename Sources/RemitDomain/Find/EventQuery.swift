/// Which events of a tenant, and from where on: oldest first.
package struct EventQuery: Hashable, Sendable {
    /// Events after this place; nil: from the first one of the present epoch.
    package var after: EventPosition?
    /// Any of these; empty: any type.
    package var types: [EventType] = []
    /// Only this entity's; nil: any.
    package var entity: String?
    /// Events of a page, 1 … ``limitMax``.
    package var limit: Int = Self.limitDefault

    package static let limitDefault = 25
    /// A page of events, each with the entity before and after, stays well below the largest message.
    package static let limitMax = 100
    /// A page ends early after this many events were looked at, so that a filter can't hold a reader long.
    package static let eventsLookedAtMax = 20_000

    package init() {}
}

/// A place in a tenant's event sequence.
package struct EventPosition: Hashable, Sendable {
    /// Changes when a tenant is restored; 0: the tenant's present one.
    package var epoch: Int64
    /// The last sequence number seen; 0: none.
    package var sequence: Int64

    package init(epoch: Int64, sequence: Int64) {
        self.epoch = epoch
        self.sequence = sequence
    }
}

/// One page of events.
package struct EventPage: Hashable, Sendable {
    package var events: [Event]
    /// Where to go on: filtered events advance it too.
    package var next: EventPosition
    /// Whether events follow `next` already, matching or not.
    package var hasMore: Bool

    package init(events: [Event], next: EventPosition, hasMore: Bool) {
        self.events = events
        self.next = next
        self.hasMore = hasMore
    }
}
