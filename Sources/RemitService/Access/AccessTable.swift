import RemitDomain
package import RemitRPC
import Synchronization

/// Who may call what: judges keys, and turns identities and requested tenants into scopes.
///
/// Every call compares the control plane's generation, so that a revoked key or a suspended tenant stops at once. What
/// was answered at the present generation is remembered by the calls' common origin, and by tables that are read without a
/// lock: the lock is taken by a caller's first call, and by the first calls after a change.
package final class AccessTable: Authenticator, Sendable {
    /// No key is longer; what is longer isn't hashed.
    package static let keyBytesMax = 512

    // Closures, not a type parameter: this runs on every call, and what is generic over modules isn't specialised.
    private let generation: @Sendable () -> UInt64
    private let snapshot: @Sendable () -> ControlSnapshot
    private let hash: @Sendable (String) -> APIKeyHash
    private let state: Mutex<State>
    private let scopes: ScopeTable
    private let validity: ValidityTable
    /// The generation that the tables stand for.
    private let applied: Atomic<UInt64>

    private struct State: Sendable {
        var snapshot: ControlSnapshot
        var credentials: CredentialLedger
        var scopes: ScopeLedger
    }

    package init(control: some ControlSource) {
        generation = { control.generation }
        snapshot = { control.snapshot }
        hash = { control.hash(ofAPIKey: $0) }
        scopes = ScopeTable()
        validity = ValidityTable()
        let first = control.snapshot
        applied = Atomic(first.generation)
        state = Mutex(
            State(
                snapshot: first, credentials: CredentialLedger(validity: validity), scopes: ScopeLedger(table: scopes)))
    }

    package func identity(for credential: Credential) throws(RPCError) -> Identity {
        let text: String
        switch credential {
        case .apiKey(let key): text = key
        case .anonymous:
            throw RPCError(
                .unauthenticated, "A credential is missing; send an API key.", reason: "credential_missing",
                notProcessed: true)
        case .certificate:
            throw RPCError(
                .unauthenticated, "Certificates are no credential here; send an API key.",
                reason: "credential_unsupported", notProcessed: true)
        }
        let refusal = RPCError(
            .unauthenticated, "The API key is wrong or revoked; check it, or ask for a new one.",
            reason: "credential_wrong", notProcessed: true)
        guard text.utf8.count <= Self.keyBytesMax else { throw refusal }
        let hash = hash(text)
        let identity = current { state -> Identity? in
            guard let principal = state.snapshot.keys[hash], state.snapshot.principals[principal] != nil else {
                return nil
            }
            let (index, generation) = state.credentials.admit(hash, of: principal)
            return Identity(index: index, generation: generation)
        }
        guard let identity else { throw refusal }
        return identity
    }

    package func isValid(_ identity: Identity) -> Bool {
        if applied.load(ordering: .acquiring) != generation() { current { _ in } }
        return validity.isValid(identity)
    }

    /// The place of the caller's scope.
    func resolve(_ origin: CallOrigin, _ access: MethodAccess) throws(RPCError) -> UInt32 {
        let word = origin.remembered(at: access.rawValue)
        // Half of the generation is enough: it would have to grow by 2³² between two calls of a connection.
        if word != 0, word >> 32 == generation() & 0xFFFF_FFFF { return UInt32(truncatingIfNeeded: word) }
        let identity = origin.identity
        let (place, judged) = try current { state throws(RPCError) -> (UInt32, UInt64) in
            let principal = state.credentials.principal(at: identity.index, generation: identity.generation)
            guard let principal else { throw .credentialRevoked }
            let place = try state.scopes.resolve(
                identity.index, access, tenant: origin.tenant, principal: principal, in: state.snapshot)
            return (place, state.snapshot.generation)
        }
        origin.remember(judged << 32 | UInt64(place), at: access.rawValue)
        return place
    }

    /// Whether a caller that was let in would be let in now: asked by streams, which outlive their admission.
    func stillAdmits(_ context: CallContext, _ access: MethodAccess) throws(RPCError) {
        let scope = try resolve(context.origin, access)
        guard scope == context.scope else { throw .tenantDenied }
    }

    /// The scope that an interceptor set; nil before that.
    func scope(at place: UInt32) -> Scope? { scopes.scope(at: place) }

    /// Counts a call of the scope's tenant, if there is one; false when `max` are in already.
    func enter(_ place: UInt32, max: Int) -> Bool { scopes.enter(place, max: max) }

    /// Counts the end of a call that entered.
    func leave(_ place: UInt32) { scopes.leave(place) }

    /// Calls that are admitted for any tenant and not yet answered.
    var callsUnderWay: Int { scopes.callsUnderWay }

    /// Runs `body` on a state as new as the control plane.
    private func current<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let generation = generation()
        return try state.withLock { state throws(Failure) -> Result in
            if state.snapshot.generation < generation {
                state.snapshot = snapshot()
                state.credentials.update(to: state.snapshot)
                state.scopes.forgetAnswers()
                applied.store(state.snapshot.generation, ordering: .releasing)
            }
            return try body(&state)
        }
    }
}
