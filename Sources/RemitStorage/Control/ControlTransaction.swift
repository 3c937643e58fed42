package import RemitDomain

/// An open write transaction of the control file.
///
/// Every change that calls are judged by raises the generation.
package struct ControlTransaction: ControlRows, OperationWriter, EventWriter, ~Copyable {
    package let connection: Database
    package let seal: SecretSeal

    // MARK: Tenants: creating → active → suspended → deleted

    /// Writes a tenant's row.
    ///
    /// A used name or id is a constraint error.
    ///
    /// Commit it as *creating*, make its file with ``TenantDatabase/create(path:identity:)``, then commit *active*.
    package func insert(_ tenant: TenantRecord) throws(StorageError) {
        let statement = try connection.statement(
            "INSERT INTO tenant (id, name, state, default_currency, created_at_ms) VALUES (?, ?, ?, ?, ?)")
        statement.bind(tenant.id)
        statement.bind(tenant.name)
        statement.bind(tenant.state)
        statement.bind(tenant.defaultCurrency?.code)
        statement.bind(tenant.createdAt)
        try statement.run()
        try raiseGeneration()
    }

    package func setState(_ state: TenantState, of tenant: TenantID) throws(StorageError) {
        let statement = try connection.statement("UPDATE tenant SET state = ? WHERE id = ?")
        statement.bind(state)
        statement.bind(tenant)
        try statement.run()
        guard connection.changes == 1 else {
            throw StorageError(.missing, message: "There is no tenant \(tenant.text).")
        }
        try raiseGeneration()
    }

    /// Removes a tenant that was never finished, with all that names it.
    ///
    /// Its name is free again.
    package func removeCreating(_ tenant: TenantID) throws(StorageError) {
        let statement = try connection.statement("DELETE FROM tenant WHERE id = ? AND state = 1")
        statement.bind(tenant)
        try statement.run()
        guard connection.changes == 1 else {
            throw StorageError(.missing, message: "The tenant \(tenant.text) isn't being created.")
        }
        try delete("DELETE FROM stripe_account WHERE tenant = ?", tenant)
        try delete("DELETE FROM webhook_secret WHERE tenant = ?", tenant)
        try delete("DELETE FROM scope WHERE tenant = ?", tenant)
        try delete("DELETE FROM mark WHERE tenant = ?", tenant)
        try raiseGeneration()
    }

    private func delete(_ sql: StaticString, _ tenant: TenantID) throws(StorageError) {
        let statement = try connection.statement(sql)
        statement.bind(tenant)
        try statement.run()
    }

    // MARK: Principals and keys

    /// Writes a principal and the tenants whose methods it may call.
    package func insert(_ principal: PrincipalRecord, at now: Timestamp) throws(StorageError) {
        let statement = try connection.statement(
            "INSERT INTO principal (id, name, is_admin, created_at_ms) VALUES (?, ?, ?, ?)")
        statement.bind(principal.id)
        statement.bind(principal.name)
        statement.bind(principal.isAdmin)
        statement.bind(now)
        try statement.run()
        for tenant in principal.tenants { try grant(tenant, to: principal.id) }
        try raiseGeneration()
    }

    /// Lets a principal call every method of a tenant.
    package func grant(_ tenant: TenantID, to principal: PrincipalID) throws(StorageError) {
        let statement = try connection.statement(
            "INSERT INTO scope (principal, tenant, method) VALUES (?, ?, '*') ON CONFLICT DO NOTHING")
        statement.bind(principal)
        statement.bind(tenant)
        try statement.run()
        try raiseGeneration()
    }

    /// Stores a key's hash and its first characters; the key itself is shown to its owner and forgotten.
    package func insert(_ key: APIKey, of principal: PrincipalID, at now: Timestamp) throws(StorageError) {
        let statement = try connection.statement(
            "INSERT INTO api_key (hash, principal, display, created_at_ms) VALUES (?, ?, ?, ?)")
        statement.bind(key.hash.bytes)
        statement.bind(principal)
        statement.bind(key.display)
        statement.bind(now)
        try statement.run()
        try raiseGeneration()
    }

    /// Makes a key invalid from the next call on; false where no valid key has that hash.
    @discardableResult
    package func revoke(_ hash: APIKeyHash, at now: Timestamp) throws(StorageError) -> Bool {
        let statement = try connection.statement(
            "UPDATE api_key SET revoked_at_ms = ? WHERE hash = ? AND revoked_at_ms IS NULL")
        statement.bind(now)
        statement.bind(hash.bytes)
        try statement.run()
        guard connection.changes == 1 else { return false }
        try raiseGeneration()
        return true
    }

    // MARK: Secrets, sealed before they reach a row

    /// Makes an account the tenant's current one; the keys of others stay sealed until they are removed.
    package func setStripeAccount(
        _ account: TenantSecrets.StripeAccount, of tenant: TenantID
    ) throws(StorageError) {
        precondition(!account.key.isEmpty, "An empty Stripe key was to be stored.")
        if account.isCurrent { try delete("UPDATE stripe_account SET is_current = 0 WHERE tenant = ?", tenant) }
        let statement = try connection.statement(
            """
            INSERT INTO stripe_account (tenant, account, livemode, is_current, sealed_key) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant, account) DO UPDATE SET
                livemode = excluded.livemode, is_current = excluded.is_current, sealed_key = excluded.sealed_key
            """)
        statement.bind(tenant)
        statement.bind(account.account)
        statement.bind(account.livemode)
        statement.bind(account.isCurrent)
        statement.bind(try seal.seal(Array(account.key.utf8), tenant: tenant, purpose: .stripeKey))
        try statement.run()
        try raiseGeneration()
    }

    /// Sets the one webhook secret, or the two while they rotate; none closes the tenant's webhooks.
    package func setWebhookSecrets(_ secrets: [String], of tenant: TenantID) throws(StorageError) {
        precondition(secrets.count <= 2, "A tenant has at most two webhook secrets.")
        precondition(secrets.allSatisfy { !$0.isEmpty }, "An empty webhook secret was to be stored.")
        try delete("DELETE FROM webhook_secret WHERE tenant = ?", tenant)
        for (index, secret) in secrets.enumerated() {
            let statement = try connection.statement(
                "INSERT INTO webhook_secret (tenant, slot, sealed) VALUES (?, ?, ?)")
            statement.bind(tenant)
            statement.bind(Int64(index + 1))
            statement.bind(try seal.seal(Array(secret.utf8), tenant: tenant, purpose: .webhookSecret))
            try statement.run()
        }
        try raiseGeneration()
    }

    // MARK: Marks

    /// Writes marks; a batch of tenants goes into one transaction.
    ///
    /// Marks don't raise the generation.
    package func set(_ marks: [TenantMark]) throws(StorageError) {
        for mark in marks {
            let statement = try connection.statement(
                """
                INSERT INTO mark (tenant, is_open, next_due_at_ms) VALUES (?, ?, ?)
                ON CONFLICT (tenant) DO UPDATE SET
                    is_open = excluded.is_open, next_due_at_ms = excluded.next_due_at_ms
                """)
            statement.bind(mark.tenant)
            statement.bind(mark.isOpen)
            statement.bind(mark.nextDueAt)
            try statement.run()
        }
    }

    private func raiseGeneration() throws(StorageError) {
        try connection.statement("UPDATE control_meta SET generation = generation + 1 WHERE id = 1").run()
    }
}
