import Synchronization

/// Who calls, for which tenant, and what interceptors remember about that from one call to the next.
///
/// A door makes one for each tenant that a connection names, and gives it to all of its calls for that tenant.
public final class CallOrigin: Sendable {
    /// Who calls.
    public let identity: Identity
    /// The tenant that the caller asks for; empty: the one that the credential belongs to.
    public let tenant: String

    private let first = Atomic<UInt64>(0)
    private let second = Atomic<UInt64>(0)
    private let third = Atomic<UInt64>(0)

    /// How many words may be remembered.
    public static let placeCount = 3

    /// A caller about whom nothing is remembered.
    public init(identity: Identity, tenant: String = "") {
        self.identity = identity
        self.tenant = tenant
    }

    /// Whether any interceptor remembers something, which it does of callers that it let in.
    public var isRemembered: Bool {
        (0..<Self.placeCount).contains { remembered(at: $0) != 0 }
    }

    /// The word at `place`, 0 to 2; 0 before any was remembered.
    ///
    /// Whoever reads it sees all that was written before it was remembered.
    public func remembered(at place: Int) -> UInt64 {
        switch place {
        case 0: first.load(ordering: .acquiring)
        case 1: second.load(ordering: .acquiring)
        default: third.load(ordering: .acquiring)
        }
    }

    /// Keeps a word at `place`, 0 to 2.
    public func remember(_ word: UInt64, at place: Int) {
        switch place {
        case 0: first.store(word, ordering: .releasing)
        case 1: second.store(word, ordering: .releasing)
        default: third.store(word, ordering: .releasing)
        }
    }
}
