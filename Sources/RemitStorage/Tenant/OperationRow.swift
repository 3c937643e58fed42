import RemitDomain

/// The operation's row, whole: entity → columns, columns → entity.
enum OperationRow {
    /// What ``bind(_:to:)`` binds and ``read(_:)`` wants selected, in their order.
    static let columns = names.joined(separator: ", ")

    private static let names = [
        "id", "principal", "key", "method", "digests", "entity", "payment_id", "created_at_ms", "state", "outcome",
        "refusal_code", "refusal_reason", "refusal_message", "refusal_field", "refusal_outcome",
        "refusal_not_processed", "refusal_retry_after_ms", "leader", "reply_sequence", "prepared", "attempt_key",
        "account", "livemode", "first_sent_ms", "last_sent_ms", "unanswered", "sends", "spent_at_ms",
        "empty_look_ups", "due_at_ms",
    ]

    /// An INSERT binds these, and then the place.
    static let whole = RowForm("insert operation", table: "operation", columns: names + ["place"])

    /// The same of an operation that was done at once: nothing was sent, and nothing was refused.
    static let done = RowForm(
        "insert done operation", table: "operation", columns: names + ["place"],
        nulls: [
            "refusal_code", "refusal_reason", "refusal_message", "refusal_field", "refusal_outcome",
            "refusal_not_processed", "refusal_retry_after_ms", "leader", "prepared", "attempt_key", "account",
            "livemode", "first_sent_ms", "last_sent_ms", "spent_at_ms", "due_at_ms",
        ], zeros: ["unanswered", "sends", "empty_look_ups"])

    static func bind(_ operation: Operation, to row: inout some RowSink) {
        row.bind(operation.id)
        row.bind(operation.principal)
        row.bind(operation.key)
        row.bind(operation.method)
        row.bind(blob: encode(operation.digests))
        row.bind(operation.entity)
        row.bind(operation.payment)
        row.bind(operation.createdAt)
        row.bind(operation.state)
        row.bind(operation.outcome)
        bind(operation.refusal, to: &row)
        row.bind(operation.leader)
        row.bind(operation.replySequence)
        row.bind(operation.prepared?.bytes)
        row.bind(operation.prepared?.attemptKey)
        row.bind(operation.prepared?.account)
        row.bind(operation.prepared.map { $0.livemode ? 1 : 0 } as Int64?)
        row.bind(operation.firstSent)
        row.bind(operation.lastSent)
        row.bind(operation.unanswered)
        row.bind(Int64(operation.sends))
        row.bind(operation.spentAt)
        row.bind(Int64(operation.emptyLookUps))
        row.bind(operation.dueAt)
    }

    private static func bind(_ refusal: PaymentError?, to row: inout some RowSink) {
        row.bind(refusal?.code.rawValue)
        row.bind(refusal?.reason)
        row.bind(refusal?.message)
        row.bind(refusal?.field)
        row.bind(refusal?.outcome.rawValue)
        row.bind(refusal.map { $0.notProcessed ? 1 : 0 } as Int64?)
        row.bind(refusal?.retryAfterMilliseconds.map { Int64($0) })
    }

    /// Writes a new row, whose form must fit.
    static func insert(
        _ operation: Operation, at place: Int64, as form: RowForm, into database: Database
    ) throws(StorageError) {
        let statement = try database.statement(form.name, form.text)
        var row = BoundRow(statement, form)
        bind(operation, to: &row)
        row.bind(place)
        try statement.run()
    }

    static func read(_ row: Statement) throws(StorageError) -> Operation {
        let id: OperationID = row.id()
        let principal: PrincipalID = row.id()
        let key = row.textOrNil()
        let method: OperationMethod = try row.value()
        let digests = try decode(row.bytes())
        let entity = row.text()
        let payment: PaymentID? = row.idOrNil()
        var operation = Operation(
            id: id, principal: principal, key: key, method: method, digests: digests, entity: entity, payment: payment,
            createdAt: row.timestamp())
        operation.state = try row.value()
        operation.outcome = try row.value()
        operation.refusal = try readRefusal(row)
        operation.leader = row.idOrNil()
        operation.replySequence = row.int64OrNil()
        operation.prepared = readPrepared(row)
        operation.firstSent = row.timestampOrNil()
        operation.lastSent = row.timestampOrNil()
        operation.unanswered = row.bool()
        operation.sends = Int(row.int64())
        operation.spentAt = row.timestampOrNil()
        operation.emptyLookUps = Int(row.int64())
        operation.dueAt = row.timestampOrNil()
        return operation
    }

    private static func readRefusal(_ row: Statement) throws(StorageError) -> PaymentError? {
        guard !row.isNull else {
            row.skip(7)
            return nil
        }
        let code: PaymentError.Code = try row.value()
        return PaymentError(
            code, reason: row.text(), message: row.text(), field: row.textOrNil(), outcome: try row.value(),
            notProcessed: row.bool(), retryAfterMilliseconds: row.int64OrNil().map { Int($0) })
    }

    private static func readPrepared(_ row: Statement) -> PreparedCall? {
        guard !row.isNull else {
            row.skip(4)
            return nil
        }
        return PreparedCall(bytes: row.bytes(), attemptKey: row.text(), account: row.text(), livemode: row.bool())
    }

    // MARK: Digests: for each, the name's length in a byte, the name, and eight bytes, least significant first

    private static func encode(_ digests: [FieldDigest]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digests.reduce(0) { $0 + $1.field.utf8.count + 9 })
        for digest in digests {
            precondition(digest.field.utf8.count <= 255, "A field's name is longer than 255 bytes.")
            bytes.append(UInt8(digest.field.utf8.count))
            bytes += digest.field.utf8
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: digest.digest >> shift))
            }
        }
        return bytes
    }

    private static func decode(_ bytes: [UInt8]) throws(StorageError) -> [FieldDigest] {
        var digests: [FieldDigest] = []
        var rest = bytes[...]
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) + 8 else {
                throw StorageError(.corrupt, message: "An operation's stored digests end early.")
            }
            let field = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
            let digest = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            digests.append(FieldDigest(field: field, digest: digest))
        }
        return digests
    }
}
