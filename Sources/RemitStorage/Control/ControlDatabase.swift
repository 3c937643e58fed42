package import RemitDomain

/// control.sqlite on its one connection: tenants, principals, keys, sealed secrets, marks.
///
/// Belongs to one thread.
package final class ControlDatabase {
    package let connection: Database
    package let seal: SecretSeal

    private init(connection: Database, seal: SecretSeal) {
        self.connection = connection
        self.seal = seal
    }

    /// What a check value opens to.
    private static let check = Array("the master key is the right one".utf8)

    /// Makes the file, sealed to the master key; ``StorageError/Code/exists`` when there is one.
    package static func create(
        path: String, seal: SecretSeal, at now: Timestamp
    ) throws(StorageError) -> ControlDatabase {
        var options = Database.Options()
        options.creates = true
        let database = try Database(path: path, options: options)
        do throws(StorageError) {
            try ControlSchema.schema.migrate(database)
            try database.write { () throws(StorageError) in
                let statement = try database.statement(
                    "INSERT INTO control_meta (id, generation, sealed_check, created_at_ms) VALUES (1, 1, ?, ?)")
                statement.bind(try seal.seal(check, tenant: nil, purpose: .check))
                statement.bind(now)
                try statement.run()
            }
            try FileSystem.synchronize(directoryOf: path)
        } catch {
            database.close()
            guard !error.isConstraint else {
                throw StorageError(.exists, message: "\(path) is there already.")
            }
            throw error
        }
        return ControlDatabase(connection: database, seal: seal)
    }

    /// Opens the file and proves the master key right; a wrong one is ``StorageError/Code/masterKey``.
    package static func open(path: String, seal: SecretSeal) throws(StorageError) -> ControlDatabase {
        guard FileSystem.exists(path) else {
            throw StorageError(
                .cannotOpen, message: "There is no \(path): make the data directory with `remit init`.")
        }
        let database = try Database(path: path)
        do throws(StorageError) {
            try ControlSchema.schema.migrate(database)
            try prove(seal, database)
        } catch {
            database.close()
            throw error
        }
        return ControlDatabase(connection: database, seal: seal)
    }

    private static func prove(_ seal: SecretSeal, _ database: Database) throws(StorageError) {
        let statement = try database.statement("SELECT sealed_check FROM control_meta WHERE id = 1")
        defer { statement.reset() }
        guard try statement.step() else {
            throw StorageError(.corrupt, message: "\(database.path) was never finished: remove it, and init again.")
        }
        guard let opened = try? seal.open(statement.bytes(), tenant: nil, purpose: .check), opened == check else {
            throw StorageError(
                .masterKey,
                message: """
                    This isn't the master key that \(database.path) was sealed with. Pass the one that it was made \
                    with: without it the tenants' Stripe keys can't be read.
                    """)
        }
    }

    /// Checkpoints and closes.
    ///
    /// Harmless twice.
    package func close() {
        connection.close()
    }

    /// One transaction: committed when `body` returns, rolled back when it throws.
    @discardableResult
    package func transaction<R>(
        _ body: (borrowing ControlTransaction) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        try connection.write { () throws(StorageError) -> R in
            try body(ControlTransaction(connection: connection, seal: seal))
        }
    }

    /// One read transaction.
    @discardableResult
    package func read<R>(
        _ body: (borrowing ControlReadTransaction) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        try connection.beginRead()
        defer { connection.rollback() }
        return try body(ControlReadTransaction(connection: connection, seal: seal))
    }
}
