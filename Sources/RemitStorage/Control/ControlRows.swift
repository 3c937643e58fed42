package import RemitDomain

/// The control file's rows, in a transaction of either kind.
package protocol ControlRows: StoredRows, ~Copyable {
    var seal: SecretSeal { get }
}

/// An open read transaction of the control file.
package struct ControlReadTransaction: ControlRows, ~Copyable {
    package let connection: Database
    package let seal: SecretSeal
}

extension ControlRows where Self: ~Copyable {
    /// All that calls are judged by.
    ///
    /// Tenants that are being made are in it; deleted ones and revoked keys aren't.
    package func snapshot() throws(StorageError) -> ControlSnapshot {
        var snapshot = ControlSnapshot(generation: try generation())
        for tenant in try tenants() where tenant.state != .deleted { snapshot.set(tenant) }
        for principal in try principals() { snapshot.principals[principal.id] = principal }
        let keys = try connection.statement("SELECT hash, principal FROM api_key WHERE revoked_at_ms IS NULL")
        defer { keys.reset() }
        while try keys.step() { snapshot.keys[APIKeyHash(bytes: keys.bytes())] = keys.id() as PrincipalID }
        return snapshot
    }

    /// Raised by every change of a tenant, principal or key.
    package func generation() throws(StorageError) -> UInt64 {
        let statement = try connection.statement("SELECT generation FROM control_meta WHERE id = 1")
        defer { statement.reset() }
        _ = try statement.step()
        return UInt64(bitPattern: statement.int64())
    }

    // MARK: Tenants

    /// All tenants by name, in every state.
    package func tenants() throws(StorageError) -> [TenantRecord] {
        try tenants(connection.statement("tenants", Self.selectTenant + " ORDER BY name"))
    }

    package func tenant(_ id: TenantID) throws(StorageError) -> TenantRecord? {
        let statement = try connection.statement("tenant by id", Self.selectTenant + " WHERE id = ?")
        statement.bind(id)
        return try tenants(statement).first
    }

    package func tenant(named name: String) throws(StorageError) -> TenantRecord? {
        let statement = try connection.statement("tenant by name", Self.selectTenant + " WHERE name = ?")
        statement.bind(name)
        return try tenants(statement).first
    }

    private static var selectTenant: String {
        """
        SELECT id, name, state, default_currency, created_at_ms,
            EXISTS (SELECT 1 FROM stripe_account a WHERE a.tenant = t.id AND is_current),
            EXISTS (SELECT 1 FROM webhook_secret w WHERE w.tenant = t.id)
        FROM tenant t
        """
    }

    private func tenants(_ statement: Statement) throws(StorageError) -> [TenantRecord] {
        defer { statement.reset() }
        var tenants: [TenantRecord] = []
        while try statement.step() {
            let id: TenantID = statement.id()
            let name = statement.text()
            let state: TenantState = try statement.value()
            let currency = try statement.currencyOrNil()
            let createdAt = statement.timestamp()
            tenants.append(
                TenantRecord(
                    id: id, name: name, state: state, defaultCurrency: currency, stripeConfigured: statement.bool(),
                    webhookConfigured: statement.bool(), createdAt: createdAt))
        }
        return tenants
    }

    // MARK: Principals

    private func principals() throws(StorageError) -> [PrincipalRecord] {
        let scopes = try connection.statement("SELECT principal, tenant FROM scope")
        defer { scopes.reset() }
        var tenants: [PrincipalID: Set<TenantID>] = [:]
        while try scopes.step() {
            let principal: PrincipalID = scopes.id()
            tenants[principal, default: []].insert(scopes.id())
        }
        let statement = try connection.statement("SELECT id, name, is_admin FROM principal")
        defer { statement.reset() }
        var principals: [PrincipalRecord] = []
        while try statement.step() {
            let id: PrincipalID = statement.id()
            principals.append(
                PrincipalRecord(
                    id: id, name: statement.text(), isAdmin: statement.bool(), tenants: tenants[id] ?? []))
        }
        return principals
    }

    // MARK: Secrets

    /// A tenant's secrets, opened with the master key.
    package func secrets(of tenant: TenantID) throws(StorageError) -> TenantSecrets {
        var secrets = TenantSecrets()
        let accounts = try connection.statement(
            """
            SELECT account, livemode, is_current, sealed_key FROM stripe_account WHERE tenant = ?
            ORDER BY is_current DESC, account
            """)
        defer { accounts.reset() }
        accounts.bind(tenant)
        while try accounts.step() {
            secrets.accounts.append(
                TenantSecrets.StripeAccount(
                    account: accounts.text(), livemode: accounts.bool(), isCurrent: accounts.bool(),
                    key: try open(accounts.bytes(), tenant, .stripeKey)))
        }
        let webhooks = try connection.statement("SELECT sealed FROM webhook_secret WHERE tenant = ? ORDER BY slot")
        defer { webhooks.reset() }
        webhooks.bind(tenant)
        while try webhooks.step() {
            secrets.webhookSecrets.append(try open(webhooks.bytes(), tenant, .webhookSecret))
        }
        return secrets
    }

    private func open(
        _ sealed: [UInt8], _ tenant: TenantID, _ purpose: SecretSeal.Purpose
    ) throws(StorageError) -> String {
        String(decoding: try seal.open(sealed, tenant: tenant, purpose: purpose), as: UTF8.self)
    }

    // MARK: Marks

    /// The tenants to open at start: marked open, or with something due one day.
    package func marks() throws(StorageError) -> [TenantMark] {
        let statement = try connection.statement(
            """
            SELECT tenant, is_open, next_due_at_ms FROM mark WHERE is_open OR next_due_at_ms IS NOT NULL
            ORDER BY next_due_at_ms, tenant
            """)
        defer { statement.reset() }
        var marks: [TenantMark] = []
        while try statement.step() {
            marks.append(
                TenantMark(
                    tenant: statement.id(), isOpen: statement.bool(), nextDueAt: statement.timestampOrNil()))
        }
        return marks
    }
}
