package import RemitDomain

/// A webhook's event as it was received, and what became of it.
package struct InboxEntry: Hashable, Sendable {
    /// `evt_…`, unique in the tenant.
    package let eventID: String
    package let type: String
    /// The object that it speaks of; entries of one object are worked off in the order of their arrival.
    package let object: String
    /// SHA-256 of the body as received: 32 bytes.
    package let bodyDigest: [UInt8]
    /// The body without client secrets, billing details and next actions.
    package let body: [UInt8]
    package let receivedAt: Timestamp
    package var state: State
    /// When the pump looks at it again; nil: at once.
    package var dueAt: Timestamp?
    /// How often the pump has tried.
    package var attempts: Int
    /// Why it is parked, ignored or dead; empty otherwise.
    package var reason: String
    /// Its place in the order of arrival; 0 until it is stored.
    package internal(set) var arrival: Int64 = 0

    package init(
        eventID: String, type: String, object: String, bodyDigest: [UInt8], body: [UInt8], receivedAt: Timestamp,
        state: State = .pending, dueAt: Timestamp? = nil, attempts: Int = 0, reason: String = ""
    ) {
        self.eventID = eventID
        self.type = type
        self.object = object
        self.bodyDigest = bodyDigest
        self.body = body
        self.receivedAt = receivedAt
        self.state = state
        self.dueAt = dueAt
        self.attempts = attempts
        self.reason = reason
    }

    /// Where an entry stands.
    ///
    /// Pending and parked ones are open.
    package enum State: Int64, Hashable, Sendable {
        case pending = 1
        /// An orphan: waits for its object to appear here.
        case parked
        case done
        case ignored
        /// Given up; an operator may look at it.
        case dead
    }
}
