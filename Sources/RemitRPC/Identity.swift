/// Who a connection speaks for: an entry of the authenticator's table, at one generation of that entry.
///
/// Revoking a key raises its entry's generation, so that connections which were opened with it are refused from then on.
public struct Identity: Sendable, Hashable {
    /// Index into the authenticator's table.
    public var index: UInt32
    /// The entry's generation when the credential was judged.
    public var generation: UInt32

    /// The entry at `index`, at `generation`.
    public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

/// What a caller shows to be known.
public enum Credential: Sendable, Hashable {
    /// Nothing was shown.
    case anonymous
    /// An API key as its text.
    case apiKey(String)
    /// The client's certificate, verified by TLS, as DER.
    case certificate([UInt8])
}

/// Judges credentials.
///
/// Both functions run on event loops and must not block.
public protocol Authenticator: Sendable {
    /// Whom `credential` stands for; throws UNAUTHENTICATED when it is missing, wrong or revoked.
    func identity(for credential: Credential) throws(RPCError) -> Identity

    /// Whether `identity` may still call: false once its key is revoked. Asked before each call.
    func isValid(_ identity: Identity) -> Bool
}
