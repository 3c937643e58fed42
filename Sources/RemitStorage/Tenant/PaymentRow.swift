import RemitDomain

/// The payment's row, whole: the only code that turns an entity into columns and bytes, and columns into an entity.
enum PaymentRow {
    /// The values that no index holds, in the order in which both INSERT and UPDATE bind them.
    static func bindPlain(_ payment: Payment, to statement: Statement) {
        statement.bind(payment.version)
        statement.bind(payment.updatedAt)
        statement.bind(payment.deletedAt)
        statement.bind(payment.amount.minorUnits)
        statement.bind(payment.amount.currency.code)
        statement.bind(payment.stage)
        statement.bind(payment.paymentMethod)
        statement.bind(payment.invoice)
        statement.bind(payment.subscription)
        statement.bind(payment.captureMethod)
        statement.bind(payment.amountCapturable)
        statement.bind(payment.amountCaptured)
        statement.bind(payment.amountRefunded)
        statement.bind(payment.amountDisputed)
        statement.bind(payment.disputeStatus)
        statement.bind(payment.disputeReason)
        statement.bind(payment.failure?.code)
        statement.bind(payment.failure?.declineCode)
        statement.bind(payment.failure?.message)
        statement.bind(payment.type)
        statement.bind(Int64(payment.attempt))
        statement.bind(payment.hold)
        statement.bind(payment.account)
        statement.bind(payment.livemode)
        statement.bind(payment.metadata)
        statement.bind(payment.description)
        bindMemory(of: payment, to: statement)
    }

    /// What the machine remembers and the message doesn't show.
    private static func bindMemory(of payment: Payment, to statement: Statement) {
        statement.bind(payment.lastLearned)
        statement.bind(payment.learnedAt)
        statement.bind(payment.isCanceledHere)
        statement.bind(payment.openCharge)
        statement.bind(payment.intentOperation)
        statement.bind(payment.captureExpected)
    }

    /// Values under indexes that move with the payment's life.
    static func bindMoving(_ payment: Payment, to statement: Statement) {
        statement.bind(payment.status)
        statement.bind(payment.stripePaymentID)
        statement.bind(payment.stripeChargeID)
    }

    /// Values under indexes that hardly ever change.
    static func bindReferences(_ payment: Payment, to statement: Statement) {
        statement.bind(payment.customer)
        statement.bind(payment.orderID)
        statement.bind(payment.externalID)
    }

    /// Writes a new row; `first` is the payment's first event, where that isn't in the index of events.
    static func insert(
        _ payment: Payment, blob: [UInt8], version: Int64, first: Int64?, into database: Database
    ) throws(StorageError) {
        try RowPlace.insert(payment.id.text, into: .payment, of: database) { place throws(StorageError) in
            try insert(payment, at: place, blob: blob, version: version, first: first, into: database)
        }
    }

    private static func insert(
        _ payment: Payment, at place: Int64, blob: [UInt8], version: Int64, first: Int64?, into database: Database
    ) throws(StorageError) {
        let statement = try database.statement(
            """
            INSERT INTO payment (
                place, first_sequence, id, created_at_ms, created_by, version, updated_at_ms, deleted_at_ms, amount,
                currency, stage, payment_method, invoice_id, subscription_id, capture_method, amount_capturable,
                amount_captured, amount_refunded, amount_disputed, dispute_status, dispute_reason, failure_code,
                failure_decline_code, failure_message, type, attempt, hold, account, livemode, metadata, description, last_learned_ms,
                learned_at_ms, is_canceled_here, open_charge, intent_operation, capture_expected, status,
                stripe_payment_id, stripe_charge_id, customer_id, order_id, external_id, blob_version, blob
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        statement.bind(place)
        statement.bind(first)
        statement.bind(payment.id)
        statement.bind(payment.createdAt)
        statement.bind(payment.createdBy)
        bindPlain(payment, to: statement)
        bindMoving(payment, to: statement)
        bindReferences(payment, to: statement)
        statement.bind(version)
        statement.bind(blob)
        try statement.run()
    }

    /// Three statements, so that an index's pages are touched only when its values change.
    static func update(_ payment: Payment, blob: [UInt8], version: Int64, in database: Database) throws(StorageError) {
        let place = try RowPlace.find(payment.id.text, in: .payment, of: database) { place throws(StorageError) in
            try updatePlain(payment, at: place, blob: blob, version: version, in: database) ? place : nil
        }
        guard let place else {
            throw StorageError(.missing, message: "The payment to update isn't there: \(payment.id.text).")
        }
        let moving = try database.statement(
            """
            UPDATE payment SET status = ?1, stripe_payment_id = ?2, stripe_charge_id = ?3
            WHERE place = ?4 AND (status, stripe_payment_id, stripe_charge_id) IS NOT (?1, ?2, ?3)
            """)
        bindMoving(payment, to: moving)
        moving.bind(place)
        try moving.run()
        let references = try database.statement(
            """
            UPDATE payment SET customer_id = ?1, order_id = ?2, external_id = ?3
            WHERE place = ?4 AND (customer_id, order_id, external_id) IS NOT (?1, ?2, ?3)
            """)
        bindReferences(payment, to: references)
        references.bind(place)
        try references.run()
    }

    /// False where the payment's row isn't in that place.
    private static func updatePlain(
        _ payment: Payment, at place: Int64, blob: [UInt8], version: Int64, in database: Database
    ) throws(StorageError) -> Bool {
        let statement = try database.statement(
            """
            UPDATE payment SET
                version = ?, updated_at_ms = ?, deleted_at_ms = ?, amount = ?, currency = ?, stage = ?,
                payment_method = ?, invoice_id = ?, subscription_id = ?, capture_method = ?, amount_capturable = ?,
                amount_captured = ?, amount_refunded = ?, amount_disputed = ?, dispute_status = ?, dispute_reason = ?,
                failure_code = ?, failure_decline_code = ?, failure_message = ?, type = ?, attempt = ?, hold = ?,
                account = ?, livemode = ?, metadata = ?, description = ?, last_learned_ms = ?, learned_at_ms = ?,
                is_canceled_here = ?, open_charge = ?, intent_operation = ?, capture_expected = ?, blob_version = ?,
                blob = ?, next_action = CASE WHEN ? THEN next_action END
            WHERE place = ? AND id = ?
            """)
        bindPlain(payment, to: statement)
        statement.bind(version)
        statement.bind(blob)
        statement.bind(payment.stage == .requiresAction)
        statement.bind(place)
        statement.bind(payment.id)
        try statement.run()
        return database.changes == 1
    }

    /// What ``read(_:)`` wants selected, in its order.
    static let columns = """
        id, created_at_ms, created_by, amount, currency, version, updated_at_ms, deleted_at_ms, stage, payment_method,
        customer_id, invoice_id, subscription_id, order_id, external_id, stripe_payment_id, stripe_charge_id,
        capture_method, amount_capturable, amount_captured, amount_refunded, amount_disputed, dispute_status,
        dispute_reason, failure_code, failure_decline_code, failure_message, type, attempt, hold, account, livemode,
        metadata, description, last_learned_ms, learned_at_ms, is_canceled_here, open_charge, intent_operation,
        capture_expected
        """

    static func read(_ row: Statement) throws(StorageError) -> Payment {
        let id: PaymentID = row.id()
        let createdAt = row.timestamp()
        let createdBy: PrincipalID = row.id()
        let amount = Money(minorUnits: row.int64(), currency: try row.currency())
        var payment = Payment(id: id, amount: amount, createdAt: createdAt, createdBy: createdBy)
        payment.version = row.int64()
        payment.updatedAt = row.timestamp()
        payment.deletedAt = row.timestampOrNil()
        payment.stage = try row.value()
        payment.paymentMethod = row.textOrNil()
        payment.customer = row.idOrNil()
        payment.invoice = row.textOrNil()
        payment.subscription = row.textOrNil()
        payment.orderID = row.textOrNil()
        payment.externalID = row.textOrNil()
        payment.stripePaymentID = row.textOrNil()
        payment.stripeChargeID = row.textOrNil()
        payment.captureMethod = try row.value()
        payment.amountCapturable = row.int64()
        payment.amountCaptured = row.int64()
        payment.amountRefunded = row.int64()
        payment.amountDisputed = row.int64()
        payment.disputeStatus = try row.value()
        payment.disputeReason = row.textOrNil()
        payment.failure = readFailure(row)
        payment.type = try row.value()
        payment.attempt = Int(row.int64())
        payment.hold = row.textOrNil()
        payment.account = row.textOrNil()
        payment.livemode = row.bool()
        payment.metadata = try row.metadata()
        payment.description = row.textOrNil()
        payment.lastLearned = row.timestampOrNil()
        payment.learnedAt = row.timestampOrNil()
        payment.isCanceledHere = row.bool()
        payment.openCharge = row.idOrNil()
        payment.intentOperation = row.idOrNil()
        payment.captureExpected = row.int64OrNil()
        return payment
    }

    private static func readFailure(_ row: Statement) -> PaymentFailure? {
        let code = row.textOrNil()
        let declineCode = row.text()
        let message = row.text()
        return code.map { PaymentFailure(code: $0, declineCode: declineCode, message: message) }
    }
}
