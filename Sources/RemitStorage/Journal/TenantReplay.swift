internal import CSQLite
internal import RemitDomain

/// Brings one tenant's file to where the journal's records lead.
struct TenantReplay: Sendable {
    /// A record, and the segment in which it lies.
    struct Record {
        var segment: Int
        var place: SegmentScan.Record

        /// What it does; the bytes stay until others are asked for.
        func executions(in segments: [FileWindow]) throws(StorageError) -> UnsafeRawBufferPointer {
            guard let bytes = try segments[segment].bytes(at: place.offset, count: place.count) else {
                throw StorageError(.io, message: "The journal has become shorter.")
            }
            return bytes
        }
    }

    enum Outcome {
        /// So many records were executed; 0: the file had all.
        case applied(Int)
        case skipped(JournalRecovery.Reason, String)
    }

    /// What ends a transaction of executions, for this tenant alone.
    private struct Refusal: Error {
        var reason: JournalRecovery.Reason
        var message: String
    }

    private enum Failure: Error {
        case refusal(Refusal)
        /// The tenant's file.
        case storage(StorageError)
        case journal(StorageError)
    }

    let records: [Record]
    /// Of each segment.
    let texts: [[UInt16: String]]

    /// Executes what the file lacks, in one transaction, which is synced.
    ///
    /// All of it or nothing. Throws what isn't the tenant's own trouble: nobody can go on then.
    func run(on path: String, segments: [FileWindow]) throws(StorageError) -> Outcome {
        guard FileSystem.exists(path) else { return .skipped(.missing, "There is no file \(path).") }
        do throws(Failure) {
            let database = try Self.storage { () throws(StorageError) in try Database(path: path) }
            defer { database.close() }
            // A checkpoint is the business of who opens it next: here it would cost two syncs for each tenant.
            _ = remit_sqlite_keep_log(database.raw)
            _ = try Self.storage { () throws(StorageError) in
                try TenantIdentity.read(from: database, of: records.first?.place.tenant)
            }
            return .applied(try apply(to: database, segments))
        } catch {
            switch error {
            case .refusal(let refusal): return .skipped(refusal.reason, refusal.message)
            case .storage(let error):
                // A full disk is everybody's.
                guard !error.isFull else { throw error }
                return .skipped(.refused, "\(path): \(error.message)")
            case .journal(let error): throw error
            }
        }
    }

    private func apply(to database: Database, _ segments: [FileWindow]) throws(Failure) -> Int {
        var newest = try Self.newest(of: database)
        let lacking = records.drop { $0.place.newest <= newest }
        guard !lacking.isEmpty else { return 0 }
        try Self.storage { () throws(StorageError) in try database.beginImmediate() }
        do throws(Failure) {
            let executor = RedoExecutor(database)
            for record in lacking {
                try check(record.place, follows: newest)
                try execute(record, executor, segments)
                newest = try Self.newest(of: database)
                guard newest == record.place.newest else {
                    let message = "Event \(newest) is the newest, where a record leads to \(record.place.newest)."
                    throw .refusal(Refusal(reason: .diverged, message: message))
                }
            }
        } catch {
            database.rollback()
            throw error
        }
        do throws(StorageError) {
            try database.commit()
        } catch {
            database.rollback()
            throw .storage(error)
        }
        return lacking.count
    }

    private func check(_ record: SegmentScan.Record, follows newest: Int64) throws(Failure) {
        guard record.base != newest else { return }
        let message = "The newest event is \(newest), and a record begins after event \(record.base)."
        throw .refusal(Refusal(reason: record.base > newest ? .gap : .diverged, message: message))
    }

    private func execute(
        _ record: Record, _ executor: RedoExecutor, _ segments: [FileWindow]
    ) throws(Failure) {
        let bytes: UnsafeRawBufferPointer
        do throws(StorageError) {
            bytes = try record.executions(in: segments)
        } catch {
            throw .journal(error)
        }
        do throws(RedoExecutor.Failure) {
            try executor.run(bytes, segment: record.segment, texts: texts[record.segment])
        } catch {
            switch error {
            case .unreadable:
                throw .refusal(Refusal(reason: .unreadable, message: "A record's executions can't be read."))
            case .storage(let error): throw .storage(error)
            }
        }
    }

    private static func newest(of database: Database) throws(Failure) -> Int64 {
        try storage { () throws(StorageError) in
            try database.once("SELECT max(sequence) FROM event") { row throws(StorageError) in row.int64() } ?? 0
        }
    }

    private static func storage<R>(_ body: () throws(StorageError) -> R) throws(Failure) -> R {
        do throws(StorageError) { return try body() } catch { throw .storage(error) }
    }
}
