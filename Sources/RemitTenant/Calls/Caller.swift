package import RemitDomain

/// Who waits for a call's answer: one call of a desk.
///
/// Opaque to the tenant: it is handed back with the answer, in ``Deliveries``. Concrete, and not the tenant's type
/// parameter, so that the way of a call is compiled for it.
package struct Caller: Sendable {
    package let desk: any CallerDesk
    package let slot: UInt32
    package let generation: UInt32
    /// Whatever the desk wants to know again when it is answered.
    package let note: UInt32

    package init(desk: any CallerDesk, slot: UInt32 = 0, generation: UInt32 = 0, note: UInt32 = 0) {
        self.desk = desk
        self.slot = slot
        self.generation = generation
        self.note = note
    }

    /// Waiting → started.
    ///
    /// False: the call expired or was canceled while it waited, and must never run.
    package func begin() -> Bool { desk.begin(slot, generation) }

    /// Started → waiting, while its call waits for a lock: it may expire then, and is begun again when its turn comes.
    ///
    /// False: it has ended, and must never run.
    package func pause() -> Bool { desk.pause(slot, generation) }

    /// Whether an answer would still reach anybody.
    package var isOpen: Bool { desk.isOpen(slot, generation) }
}

/// Where callers wait: a connection's table of calls, say.
package protocol CallerDesk: AnyObject, Sendable {
    /// As ``Caller/begin()``, of the call in a slot at a generation.
    func begin(_ slot: UInt32, _ generation: UInt32) -> Bool
    func pause(_ slot: UInt32, _ generation: UInt32) -> Bool
    func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool
}

/// A mutation as it reaches the tenant.
package struct VerbCall: Sendable {
    package var verb: any Verb
    package var requester: Requester

    package init(_ verb: any Verb, by requester: Requester) {
        self.verb = verb
        self.requester = requester
    }
}

/// Who asks for a mutation, under which key, with which request.
package struct Requester: Sendable {
    package var principal: PrincipalID
    /// The caller's idempotency key, 1 … 255 characters; nil for none.
    package var key: String?
    /// Keyed digests of the request's fields, one per field that is set.
    package var digests: [FieldDigest]

    package init(principal: PrincipalID, key: String?, digests: [FieldDigest]) {
        self.principal = principal
        self.key = key
        self.digests = digests
    }
}
