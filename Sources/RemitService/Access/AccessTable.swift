import RemitDomain
package import RemitRPC
import Synchronization

/// Who may call what: judges keys, and turns identities and requested tenants into scopes.
///
/// Every call compares the control plane's generation, so that a revoked key or a suspended tenant stops at once.
package final class AccessTable<Control: ControlSource>: Authenticator, Sendable {
    /// No key is longer; what is longer isn't hashed.
    package static var keyBytesMax: Int { 512 }

    private let control: Control
    private let state: Mutex<State>

    private struct State: Sendable {
        var snapshot: ControlSnapshot
        var credentials = CredentialLedger()
        var scopes = ScopeLedger()
    }

    package init(control: Control) {
        self.control = control
        state = Mutex(State(snapshot: control.snapshot))
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
        let hash = control.hash(ofAPIKey: text)
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
        current { $0.credentials.principal(at: identity.index, generation: identity.generation) != nil }
    }

    /// The place of the caller's scope.
    func resolve(_ identity: Identity, _ access: MethodAccess, tenant: String) throws(RPCError) -> UInt32 {
        try current { state throws(RPCError) -> UInt32 in
            let principal = state.credentials.principal(at: identity.index, generation: identity.generation)
            guard let principal else { throw .credentialRevoked }
            return try state.scopes.resolve(
                identity.index, access, tenant: tenant, principal: principal, in: state.snapshot)
        }
    }

    /// Whether a caller that was let in would be let in now: asked by streams, which outlive their admission.
    func stillAdmits(_ context: CallContext, _ access: MethodAccess) throws(RPCError) {
        let scope = try resolve(context.identity, access, tenant: context.tenant)
        guard scope == context.scope else { throw .tenantDenied }
    }

    /// The scope that an interceptor set; nil before that.
    func scope(at place: UInt32) -> Scope? {
        state.withLock { $0.scopes.scope(at: place) }
    }

    /// Runs `body` on a state as new as the control plane.
    private func current<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let generation = control.generation
        return try state.withLock { state throws(Failure) -> Result in
            if state.snapshot.generation < generation {
                state.snapshot = control.snapshot
                state.credentials.update(to: state.snapshot)
                state.scopes.forgetAnswers()
            }
            return try body(&state)
        }
    }
}
