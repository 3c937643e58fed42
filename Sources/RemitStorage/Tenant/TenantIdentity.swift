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
        let found = try database.once("SELECT tenant, epoch, digest_key FROM tenant_meta WHERE id = 1", read)
        return try check(found, expected, database)
    }

    /// What a row says that begins with tenant, epoch and digest key.
    static func read(_ row: Statement) throws(StorageError) -> TenantIdentity {
        TenantIdentity(tenant: TenantID(row.text()), epoch: row.int64(), digestKey: row.bytes())
    }

    /// The identity that was found, where it is that of the tenant expected; nil expects any.
    static func check(
        _ found: TenantIdentity?, _ expected: TenantID?, _ database: Database
    ) throws(StorageError) -> TenantIdentity {
        guard let found else {
            throw StorageError(.corrupt, message: "\(database.path) doesn't say whose database it is.")
        }
        guard expected == nil || found.tenant == expected else {
            throw StorageError(
                .corrupt, message: "\(database.path) is the database of \(found.tenant.text), not of its name's.")
        }
        return found
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
