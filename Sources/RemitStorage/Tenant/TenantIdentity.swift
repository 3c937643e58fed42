package import RemitDomain

/// What a tenant's file says of itself.
package struct TenantIdentity: Hashable, Sendable {
    package let tenant: TenantID
    /// Changes when the tenant is restored; cursors carry it.
    package let epoch: Int64
    /// Keys the digests of request fields; 32 bytes.
    package let digestKey: [UInt8]

    package init(tenant: TenantID, epoch: Int64, digestKey: [UInt8]) {
        self.tenant = tenant
        self.epoch = epoch
        self.digestKey = digestKey
    }

    static func read(from database: Database, of expected: TenantID?) throws(StorageError) -> TenantIdentity {
        let statement = try database.statement("SELECT tenant, epoch, digest_key FROM tenant_meta WHERE id = 1")
        defer { statement.reset() }
        guard try statement.step() else {
            throw StorageError(.corrupt, message: "\(database.path) doesn't say whose database it is.")
        }
        let identity = TenantIdentity(
            tenant: TenantID(statement.text()), epoch: statement.int64(), digestKey: statement.bytes())
        guard expected == nil || identity.tenant == expected else {
            throw StorageError(
                .corrupt, message: "\(database.path) is the database of \(identity.tenant.text), not of its name's.")
        }
        return identity
    }

    func write(to database: Database) throws(StorageError) {
        let statement = try database.statement(
            "INSERT INTO tenant_meta (id, tenant, epoch, digest_key) VALUES (1, ?, ?, ?)")
        statement.bind(tenant.text)
        statement.bind(epoch)
        statement.bind(digestKey)
        try statement.run()
    }
}
