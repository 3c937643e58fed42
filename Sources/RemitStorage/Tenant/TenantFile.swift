/// The making of a tenant's file.
package enum TenantFile {
    /// Makes the file of a new tenant, durably: tables, identity, fsync of file and directory.
    ///
    /// Leaves it closed.
    ///
    /// Fails with ``StorageError/Code/exists`` when there is one: remove it first.
    package static func create(path: String, identity: TenantIdentity) throws(StorageError) {
        guard !FileSystem.exists(path) else {
            throw StorageError(.exists, message: "There is a database at \(path) already.")
        }
        var options = Database.Options()
        options.creates = true
        let database = try Database(path: path, options: options)
        do throws(StorageError) {
            try TenantSchema.schema.migrate(database)
            try database.write { () throws(StorageError) in try identity.write(to: database) }
        } catch {
            database.close()
            throw error
        }
        database.close()
        try FileSystem.synchronize(file: path)
        try FileSystem.synchronize(directoryOf: path)
    }
}
