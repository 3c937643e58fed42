/// What is known about a call beside its message; copying it costs two references.
public struct CallContext: Sendable {
    /// Index of the method in its router's table.
    public var method: Int
    /// Index into the service's table of (principal, tenant), set by the tenancy interceptor; 0 before that.
    public var scope: UInt32
    /// How many times the caller has sent this call before.
    public var attempt: UInt32
    /// Who calls, for which tenant.
    public var origin: CallOrigin
    /// When the caller stops waiting.
    public var deadline: Deadline
    /// When the request arrived.
    public var arrival: Deadline

    // Most calls have none of these.
    private var details: Details?

    private final class Details: Sendable {
        let idempotencyKey: String?
        let traceparent: String
        let metadata: [MetadataEntry]

        init(_ idempotencyKey: String?, _ traceparent: String, _ metadata: [MetadataEntry]) {
            self.idempotencyKey = idempotencyKey
            self.traceparent = traceparent
            self.metadata = metadata
        }
    }

    /// The context of a call from `origin` that arrived at `arrival`; doors fill in the rest.
    public init(origin: CallOrigin, arrival: Deadline) {
        method = -1
        scope = 0
        attempt = 0
        self.origin = origin
        deadline = .never
        self.arrival = arrival
    }

    /// The context of a call by `identity` that arrived at `arrival`; doors fill in the rest.
    public init(identity: Identity, arrival: Deadline) {
        self.init(origin: CallOrigin(identity: identity), arrival: arrival)
    }

    /// Who calls.
    public var identity: Identity { origin.identity }

    /// The tenant that the caller asked for; empty: the one that the credential belongs to.
    public var tenant: String { origin.tenant }

    /// The caller's key for this intent, kept across its retries.
    public var idempotencyKey: String? { details?.idempotencyKey }

    /// W3C trace context as its header is written; empty: none.
    public var traceparent: String { details?.traceparent ?? "" }

    /// The call's metadata in the caller's order.
    public var metadata: [MetadataEntry] { details?.metadata ?? [] }

    /// Sets what only some calls say.
    public mutating func setDetails(
        idempotencyKey: String?, traceparent: String = "", metadata: [MetadataEntry] = []
    ) {
        let isEmpty = idempotencyKey == nil && traceparent.isEmpty && metadata.isEmpty
        details = isEmpty ? nil : Details(idempotencyKey, traceparent, metadata)
    }
}
