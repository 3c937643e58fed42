/// What a caller may say about one call.
public struct CallOptions: Sendable {
    /// How long the caller waits; nil: as long as the client's default or the server allows.
    public var timeout: Duration?
    /// The caller's key for this one intent: kept across retries, at most 255 bytes.
    public var idempotencyKey: String?
    /// The tenant that the call is for; nil: the client's own.
    public var tenant: String?
    /// W3C trace context as its `traceparent` header is written.
    public var traceparent: String?
    /// Metadata, 8 KiB and 64 entries at most.
    public var metadata: [MetadataEntry]
    /// How many times this call was sent before; retrying channels count it up.
    public var attempt: UInt32

    /// Options that differ from the defaults in what is given.
    public init(
        timeout: Duration? = nil, idempotencyKey: String? = nil, tenant: String? = nil, traceparent: String? = nil,
        metadata: [MetadataEntry] = [], attempt: UInt32 = 0
    ) {
        self.timeout = timeout
        self.idempotencyKey = idempotencyKey
        self.tenant = tenant
        self.traceparent = traceparent
        self.metadata = metadata
        self.attempt = attempt
    }
}

/// What a good answer says beside its message.
public struct ResponseInfo: Sendable, Hashable {
    /// Whether the answer is that of an earlier call with the same idempotency key.
    public var replayed: Bool
    /// Microseconds that the server spent; 0 if it doesn't say.
    public var serverMicroseconds: UInt64
    /// What the server added to the answer.
    public var trailers: [MetadataEntry]

    /// An answer's side.
    public init(replayed: Bool = false, serverMicroseconds: UInt64 = 0, trailers: [MetadataEntry] = []) {
        self.replayed = replayed
        self.serverMicroseconds = serverMicroseconds
        self.trailers = trailers
    }
}
