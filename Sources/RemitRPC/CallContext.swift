/// What is known about a call beside its message.
public struct CallContext: Sendable {
    /// Index of the method in its router's table.
    public var method: Int
    /// Index into the service's table of (principal, tenant), set by the tenancy interceptor; 0 before that.
    public var scope: UInt32
    /// Who calls.
    public var identity: Identity
    /// The tenant that the caller asked for; empty: the one that the credential belongs to.
    public var tenant: String
    /// The caller's key for this intent, kept across its retries.
    public var idempotencyKey: String?
    /// When the caller stops waiting.
    public var deadline: Deadline
    /// When the request arrived.
    public var arrival: Deadline
    /// W3C trace context as its header is written; empty: none.
    public var traceparent: String
    /// The call's metadata in the caller's order.
    public var metadata: [MetadataEntry]
    /// How many times the caller has sent this call before.
    public var attempt: UInt32

    /// The context of a call by `identity` that arrived at `arrival`; doors fill in the rest.
    public init(identity: Identity, arrival: Deadline) {
        method = -1
        scope = 0
        self.identity = identity
        tenant = ""
        idempotencyKey = nil
        deadline = .never
        self.arrival = arrival
        traceparent = ""
        metadata = []
        attempt = 0
    }
}
