/// What calls are judged by: all tenants, principals and keys at one generation, in memory.
package struct ControlSnapshot: Sendable {
    /// Raised by every change of a tenant, principal or key.
    package var generation: UInt64
    package private(set) var tenants: [TenantID: TenantRecord] = [:]
    package var principals: [PrincipalID: PrincipalRecord]
    /// Keys that are valid now, by the hash of their text.
    package var keys: [APIKeyHash: PrincipalID]
    /// Who has which name: callers and webhooks name tenants before anything is known of them, and there may be many.
    private var names: [String: TenantID] = [:]

    /// Without a tenant.
    package init(
        generation: UInt64 = 0, principals: [PrincipalID: PrincipalRecord] = [:], keys: [APIKeyHash: PrincipalID] = [:]
    ) {
        self.generation = generation
        self.principals = principals
        self.keys = keys
    }

    /// Puts a tenant in, in place of what was known of it.
    package mutating func set(_ tenant: TenantRecord) {
        if let earlier = tenants.updateValue(tenant, forKey: tenant.id), names[earlier.name] == tenant.id {
            names[earlier.name] = nil
        }
        names[tenant.name] = tenant.id
    }

    /// The tenant with this id, else the one with this name.
    package func tenant(_ idOrName: String) -> TenantRecord? {
        tenants[TenantID(idOrName)] ?? names[idOrName].flatMap { tenants[$0] }
    }
}

/// The SHA-256 of an API key's text: keys have 128 random bits and more, so a plain hash suffices.
package struct APIKeyHash: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// A tenant as the control plane knows it; its secrets are elsewhere.
package struct TenantRecord: Hashable, Sendable {
    package let id: TenantID
    /// Unique: 1 … 63 lower-case letters, digits and hyphens, beginning with a letter.
    package var name: String
    package var state: TenantState
    package var defaultCurrency: Currency?
    package var stripeConfigured: Bool
    package var webhookConfigured: Bool
    package let createdAt: Timestamp

    package init(
        id: TenantID, name: String, state: TenantState, defaultCurrency: Currency? = nil,
        stripeConfigured: Bool = false, webhookConfigured: Bool = false, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.defaultCurrency = defaultCurrency
        self.stripeConfigured = stripeConfigured
        self.webhookConfigured = webhookConfigured
        self.createdAt = createdAt
    }
}

/// Where a tenant stands.
package enum TenantState: Int64, Hashable, Sendable {
    /// Its database is being made.
    case creating = 1
    case active
    /// Refuses calls; its webhooks are kept.
    case suspended
    case deleted
}

/// A named service that calls; certificates and API keys are its credentials.
package struct PrincipalRecord: Hashable, Sendable {
    package let id: PrincipalID
    package var name: String
    /// May call control methods.
    package var isAdmin: Bool
    /// Whose methods it may call.
    package var tenants: Set<TenantID>

    package init(id: PrincipalID, name: String, isAdmin: Bool = false, tenants: Set<TenantID> = []) {
        self.id = id
        self.name = name
        self.isAdmin = isAdmin
        self.tenants = tenants
    }
}
