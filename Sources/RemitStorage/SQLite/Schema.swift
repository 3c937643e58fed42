/// The history of a file's schema: the n-th text leads from version n − 1 to n.
struct Schema: Sendable {
    /// What kind of file it is, for messages.
    let name: String
    let migrations: [String]

    /// The version that this code knows.
    var version: Int64 { Int64(migrations.count) }

    /// Brings a file to the present version; a newer one is refused untouched.
    func migrate(_ database: Database) throws(StorageError) {
        let found = try Self.version(of: database)
        guard found <= version else {
            throw StorageError(
                .newerSchema,
                message: """
                    The \(name) database \(database.path) has schema version \(found), and this program knows \
                    versions up to \(version). Run the program that wrote it, or a newer one.
                    """)
        }
        guard found < version else { return }
        for target in found..<version {
            try database.write { () throws(StorageError) in
                try database.execute(migrations[Int(target)])
                try database.execute("PRAGMA user_version = \(target + 1)")
            }
        }
    }

    static func version(of database: Database) throws(StorageError) -> Int64 {
        try database.once("PRAGMA user_version") { row throws(StorageError) in row.int64() } ?? 0
    }
}
