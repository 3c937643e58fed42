package import RemitDomain

/// Who waits for a call's answer.
///
/// Opaque to the tenant: it is handed back with the answer, in ``Deliveries``.
package protocol TenantCaller: Sendable {
    /// Waiting → started. False: the call expired or was canceled while it waited, and must never run.
    func begin() -> Bool

    /// Started → waiting, while its call waits for a lock: it may expire then, and is begun again when its turn comes.
    ///
    /// False: it has ended, and must never run.
    func pause() -> Bool

    /// Whether an answer would still reach anybody.
    var isOpen: Bool { get }
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
