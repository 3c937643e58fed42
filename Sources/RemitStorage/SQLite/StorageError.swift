internal import CSQLite

/// Why the store could not do something.
///
/// A refusal by the domain is never one of these.
package struct StorageError: Error, Hashable, Sendable {
    package let code: Code
    /// A sentence for logs and for operators; never shown to callers.
    ///
    /// Holds no values of rows and no secrets.
    package let message: String
    /// SQLite's extended result code; 0 where SQLite wasn't asked.
    package let sqliteCode: Int32

    package init(_ code: Code, message: String, sqliteCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.sqliteCode = sqliteCode
    }

    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case constraint, full, io, busy, interrupted, outOfTime, corrupt, cannotOpen, newerSchema, inUse, exists,
                missing
            case masterKey, seal, sqlite
        }

        private let kind: Kind

        /// A unique or check constraint refused the write.
        ///
        /// Don't retry.
        package static let constraint = Code(kind: .constraint)
        /// The disk is full.
        ///
        /// Retry when there is room.
        package static let full = Code(kind: .full)
        /// The file system failed.
        ///
        /// Close the database; what was being committed is unknown.
        package static let io = Code(kind: .io)
        /// Another connection holds a lock.
        ///
        /// Retry.
        package static let busy = Code(kind: .busy)
        /// Interrupted from outside.
        ///
        /// Retry if the result is still wanted.
        package static let interrupted = Code(kind: .interrupted)
        /// A page took longer than it may.
        ///
        /// Ask for less.
        package static let outOfTime = Code(kind: .outOfTime)
        /// The file isn't what it should be.
        ///
        /// Restore it.
        package static let corrupt = Code(kind: .corrupt)
        /// The file can't be opened: missing, or no right to it.
        package static let cannotOpen = Code(kind: .cannotOpen)
        /// The file was written by a newer version.
        ///
        /// Run that one.
        package static let newerSchema = Code(kind: .newerSchema)
        /// Another server serves this data directory.
        ///
        /// Stop it first.
        package static let inUse = Code(kind: .inUse)
        /// What should be made is there already.
        package static let exists = Code(kind: .exists)
        /// The row to change isn't there: a bug, or a changed file.
        package static let missing = Code(kind: .missing)
        /// The master key is malformed, or isn't the one that this data was sealed with.
        package static let masterKey = Code(kind: .masterKey)
        /// A sealed value doesn't open for this tenant and purpose.
        package static let seal = Code(kind: .seal)
        /// Anything else that SQLite says.
        package static let sqlite = Code(kind: .sqlite)

        package var description: String { kind.rawValue }
    }

    package var isConstraint: Bool { code == .constraint }
    /// The integer that is the row's key is another row's: SQLITE_CONSTRAINT_PRIMARYKEY, or _ROWID.
    var isOccupied: Bool {
        sqliteCode == SQLITE_CONSTRAINT | 6 << 8 || sqliteCode == SQLITE_CONSTRAINT | 10 << 8
    }
    package var isFull: Bool { code == .full }
    package var isIO: Bool { code == .io }

    /// The error that a connection reports now.
    init(connection: OpaquePointer?, resultCode: Int32) {
        let text = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "no message"
        self.init(Self.code(of: resultCode), message: "SQLite: \(text)", sqliteCode: resultCode)
    }

    private static func code(of resultCode: Int32) -> Code {
        switch resultCode & 0xff {
        case SQLITE_CONSTRAINT: .constraint
        case SQLITE_FULL: .full
        case SQLITE_IOERR: .io
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
        default: .sqlite
        }
    }
}
