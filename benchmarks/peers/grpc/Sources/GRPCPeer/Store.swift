import Foundation
import GRDB
import GRPCCore

/// One tenant's payments in an SQLite file.
struct Store: Sendable {
    private let pool: DatabasePool
    /// Nil: each create has a transaction of its own.
    private let group: CommitGroup?

    init(path: String, pragmas: Pragmas, groupCommit: Bool) throws {
        var configuration = Configuration()
        if pragmas == .remit {
            configuration.foreignKeysEnabled = false
            configuration.prepareDatabase { database in
                try database.execute(
                    sql: """
                        PRAGMA page_size = 2048;
                        PRAGMA temp_store = MEMORY;
                        PRAGMA trusted_schema = OFF;
                        PRAGMA cache_size = -65536;
                        PRAGMA wal_autocheckpoint = 2000;
                        """)
            }
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        group = groupCommit ? CommitGroup(pool: pool) : nil
        try pool.writeWithoutTransaction { database in
            // A pool sets NORMAL when it opens, which isn't durable in WAL mode; so it is set after that, and checked.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw DatabaseError(message: "synchronous=FULL was not taken")
            }
            if pragmas == .remit {
                guard try Int.fetchOne(database, sql: "PRAGMA page_size") == 2_048 else {
                    throw DatabaseError(message: "page_size=2048 was not taken")
                }
            }
            try database.inTransaction {
                try database.execute(sql: StoreSchema.tables)
                return .commit
            }
        }
    }

    /// The payment of this id; nil if there is none.
    func payment(id: String) async throws -> Remit_V1_Payment? {
        guard let place = TimeOrderedID.place(of: id) else { return nil }
        let blob = try await pool.unsafeRead { database in
            try Data.fetchOne(
                database.cachedStatement(sql: StoreSchema.selectPayment), arguments: [place, id])
        }
        return try blob.map { try Remit_V1_Payment(serializedBytes: $0) }
    }

    /// The new payment, committed; or the one that the same key made before.
    func create(_ creation: Creation) async throws -> Remit_V1_Payment {
        if let group { return try await group.create(creation) }
        return try await pool.write { try Self.create(creation, in: $0) }
    }

    /// What a create does in its transaction.
    static func create(_ creation: Creation, in database: Database) throws -> Remit_V1_Payment {
        if let earlier = try earlier(creation, in: database) { return earlier }
        if let customer = creation.customer {
            let known = try database.cachedStatement(sql: "SELECT 1 FROM customer WHERE id = ?")
            guard try Int.fetchOne(known, arguments: [customer]) != nil else {
                throw RPCError(code: .failedPrecondition, message: "There is no such customer.")
            }
        }
        let payment = creation.payment
        let text: (String) -> String? = { $0.isEmpty ? nil : $0 }
        try database.cachedStatement(sql: StoreSchema.insertEvent).execute(arguments: [
            creation.event, payment.id, payment.createdBy, creation.operation, payment.createdAtMs,
            payment.stage.rawValue, creation.blob,
        ])
        let sequence = database.lastInsertedRowID
        try database.cachedStatement(sql: StoreSchema.insertPayment).execute(arguments: [
            TimeOrderedID.place(of: payment.id), payment.id, sequence, payment.createdAtMs, payment.createdAtMs,
            payment.createdBy, payment.amount, payment.currency, payment.status.rawValue, payment.stage.rawValue,
            text(payment.paymentMethod), creation.customer, text(payment.orderID), payment.captureMethod.rawValue,
            payment.type.rawValue, text(creation.metadata), text(payment.description_p), creation.blob,
        ])
        try database.cachedStatement(sql: StoreSchema.insertOperation).execute(arguments: [
            TimeOrderedID.place(of: creation.operation), creation.operation, payment.createdBy,
            creation.idempotencyKey, creation.digest, payment.id, payment.id, sequence, payment.createdAtMs,
        ])
        return payment
    }

    /// The answer that the same key had before; nil if the key is new.
    private static func earlier(_ creation: Creation, in database: Database) throws -> Remit_V1_Payment? {
        let statement = try database.cachedStatement(sql: StoreSchema.selectOperation)
        guard
            let row = try Row.fetchOne(statement, arguments: [creation.idempotencyKey, Creation.principal])
        else { return nil }
        let digest: Data = row[0]
        guard digest == creation.digest else {
            throw RPCError(code: .failedPrecondition, message: "The key was used with another request.")
        }
        let blob: Data = row[1]
        return try Remit_V1_Payment(serializedBytes: blob)
    }
}
