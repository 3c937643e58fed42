import RemitDomain
import RemitRPC

/// The table of principal × tenant: the only place where a tenant's id comes into being for a call.
///
/// Scopes are made for what the control plane allows and never given away; what a caller asks for is looked up in a cache
/// that lasts as long as the control plane's generation.
struct ScopeLedger {
    private struct Pair: Hashable {
        var principal: PrincipalID
        var tenant: TenantID?
    }

    private struct Question: Hashable {
        var identity: UInt32
        var access: MethodAccess
        var tenant: String
    }

    /// Read beside this ledger, without its lock.
    private let table: ScopeTable
    private var places: [Pair: UInt32] = [:]
    /// Places of the tenants' gates in the table.
    private var gates: [TenantID: UInt32] = [:]
    private var answers: [Question: UInt32] = [:]

    /// An empty ledger whose scopes stand in `table`.
    init(table: ScopeTable) { self.table = table }

    /// Forgets what was answered under an older snapshot.
    mutating func forgetAnswers() {
        answers.removeAll()
    }

    /// The scope of a caller that asks for `tenant`, by id or name; empty: the caller's only one.
    mutating func resolve(
        _ identity: UInt32, _ access: MethodAccess, tenant: String, principal: PrincipalID, in snapshot: ControlSnapshot
    ) throws(RPCError) -> UInt32 {
        // A control method has no tenant: what its caller names must not fill the cache.
        let question = Question(identity: identity, access: access, tenant: access == .control ? "" : tenant)
        if let answer = answers[question] { return answer }
        guard let record = snapshot.principals[principal] else { throw .credentialRevoked }
        let place: UInt32
        switch access {
        case .control:
            guard record.isAdmin else { throw .adminNeeded }
            place = self.place(of: Pair(principal: principal, tenant: nil))
        case .anyone where tenant.isEmpty && record.tenants.count != 1:
            place = self.place(of: Pair(principal: principal, tenant: nil))
        case .tenant, .anyone:
            let id = try Self.tenant(tenant, of: record, in: snapshot)
            place = self.place(of: Pair(principal: principal, tenant: id))
        }
        answers[question] = place
        return place
    }

    /// A foreign tenant and one that doesn't exist get the same answer: existence isn't told.
    private static func tenant(
        _ requested: String, of record: PrincipalRecord, in snapshot: ControlSnapshot
    ) throws(RPCError) -> TenantID {
        guard requested.isEmpty else {
            // Without a search: a principal may have thousands.
            guard let found = snapshot.tenant(requested), record.tenants.contains(found.id) else { throw .tenantDenied }
            return try active(found)
        }
        var only: TenantRecord?
        for id in record.tenants {
            guard let tenant = snapshot.tenants[id], tenant.state != .deleted else { continue }
            guard only == nil else { throw .tenantNeeded }
            only = tenant
        }
        guard let only else { throw .tenantDenied }
        return try active(only)
    }

    private static func active(_ tenant: TenantRecord) throws(RPCError) -> TenantID {
        switch tenant.state {
        case .active: return tenant.id
        case .creating: throw .tenantBeingMade
        case .suspended: throw .tenantSuspended
        case .deleted: throw .tenantDenied
        }
    }

    private mutating func place(of pair: Pair) -> UInt32 {
        if let place = places[pair] { return place }
        var gate: UInt32?
        if let tenant = pair.tenant {
            gate = gates[tenant] ?? table.appendGate()
            gates[tenant] = gate
        }
        let place = table.append(Scope(principal: pair.principal, tenant: pair.tenant), gate: gate)
        places[pair] = place
        return place
    }
}

extension RPCError {
    static var credentialRevoked: RPCError {
        RPCError(
            .unauthenticated, "The credential of this connection is no longer valid.", reason: "credential_revoked",
            notProcessed: true)
    }

    static var adminNeeded: RPCError {
        RPCError(
            .permissionDenied, "This method needs the scope admin; call it with an administrator's key.",
            reason: "admin_needed", notProcessed: true)
    }

    static var tenantDenied: RPCError {
        RPCError(
            .permissionDenied, "This key has no such tenant; check its id or name, or ask an administrator for access.",
            reason: "tenant_denied", field: "tenant", notProcessed: true)
    }

    static var tenantNeeded: RPCError {
        RPCError(
            .invalidArgument, "This key has several tenants; name one with the call.", reason: "tenant_needed",
            field: "tenant", notProcessed: true)
    }

    static var tenantSuspended: RPCError {
        RPCError(
            .failedPrecondition, "The tenant is suspended; ask an administrator.", reason: "tenant_suspended",
            field: "tenant", notProcessed: true)
    }

    static var tenantBeingMade: RPCError {
        RPCError(
            .unavailable, "The tenant is being made; retry in a moment.", reason: "tenant_creating", field: "tenant",
            notProcessed: true, retryAfterMilliseconds: 1_000)
    }
}
