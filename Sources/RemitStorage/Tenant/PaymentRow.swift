import RemitDomain

/// The payment's row, whole: the only code that turns an entity into columns and bytes, and columns into an entity.
enum PaymentRow {
    /// The values that no index holds, in the order in which both INSERT and UPDATE bind them.
    static func bindPlain(_ payment: Payment, to row: inout some RowSink) {
        row.bind(payment.version)
        row.bind(payment.updatedAt)
        row.bind(payment.deletedAt)
        row.bind(payment.amount.minorUnits)
        row.bind(payment.amount.currency.code)
        row.bind(payment.stage)
        row.bind(payment.paymentMethod)
        row.bind(payment.invoice)
        row.bind(payment.subscription)
        row.bind(payment.captureMethod)
        row.bind(payment.amountCapturable)
        row.bind(payment.amountCaptured)
        row.bind(payment.amountRefunded)
        row.bind(payment.amountDisputed)
        row.bind(payment.disputeStatus)
        row.bind(payment.disputeReason)
        row.bind(payment.failure?.code)
        row.bind(payment.failure?.declineCode)
        row.bind(payment.failure?.message)
        row.bind(payment.type)
        row.bind(Int64(payment.attempt))
        row.bind(payment.hold)
        row.bind(payment.account)
        row.bind(payment.livemode)
        row.bind(payment.metadata)
        row.bind(payment.description)
        bindMemory(of: payment, to: &row)
    }

    /// What the machine remembers and the message doesn't show.
    private static func bindMemory(of payment: Payment, to row: inout some RowSink) {
        row.bind(payment.lastLearned)
        row.bind(payment.learnedAt)
        row.bind(payment.isCanceledHere)
        row.bind(payment.openCharge)
        row.bind(payment.intentOperation)
        row.bind(payment.captureExpected)
    }

    /// Values under indexes that move with the payment's life.
    static func bindMoving(_ payment: Payment, to row: inout some RowSink) {
        row.bind(payment.status)
        row.bind(payment.stripePaymentID)
        row.bind(payment.stripeChargeID)
    }

    /// Values under indexes that hardly ever change.
    static func bindReferences(_ payment: Payment, to row: inout some RowSink) {
        row.bind(payment.customer)
        row.bind(payment.orderID)
        row.bind(payment.externalID)
    }

    /// Writes a new row; `first` is the payment's first event, where that isn't in the index of events.
    static func insert(
        _ payment: Payment, blob: [UInt8], version: Int64, first: Int64?, into database: Database
    ) throws(StorageError) {
        var blanks = BlankColumns()
        bind(payment, at: 0, blob: blob, version: version, first: first, to: &blanks)
        let form = uncharged.fits(blanks) ? uncharged : whole
        try RowPlace.insert(payment.id.text, into: .payment, of: database) { place throws(StorageError) in
            try insert(payment, at: place, blob: blob, version: version, first: first, as: form, into: database)
        }
    }

    /// Writes a new row, whose form must fit.
    static func insert(
        _ payment: Payment, at place: Int64, blob: [UInt8], version: Int64, first: Int64?, as form: RowForm,
        into database: Database
    ) throws(StorageError) {
        let statement = try database.statement(form.name, form.text)
        var row = BoundRow(statement, form)
        bind(payment, at: place, blob: blob, version: version, first: first, to: &row)
        try statement.run()
    }

    /// A new row, in the order of ``inserted``.
    private static func bind(
        _ payment: Payment, at place: Int64, blob: [UInt8], version: Int64, first: Int64?, to row: inout some RowSink
    ) {
        row.bind(place)
        row.bind(first)
        row.bind(payment.id)
        row.bind(payment.createdAt)
        row.bind(payment.createdBy)
        bindPlain(payment, to: &row)
        bindMoving(payment, to: &row)
        bindReferences(payment, to: &row)
        row.bind(version)
        row.bind(blob: blob)
    }

    private static let inserted = [
        "place", "first_sequence", "id", "created_at_ms", "created_by", "version", "updated_at_ms", "deleted_at_ms",
        "amount", "currency", "stage", "payment_method", "invoice_id", "subscription_id", "capture_method",
        "amount_capturable", "amount_captured", "amount_refunded", "amount_disputed", "dispute_status",
        "dispute_reason", "failure_code", "failure_decline_code", "failure_message", "type", "attempt", "hold",
        "account", "livemode", "metadata", "description", "last_learned_ms", "learned_at_ms", "is_canceled_here",
        "open_charge", "intent_operation", "capture_expected", "status", "stripe_payment_id", "stripe_charge_id",
        "customer_id", "order_id", "external_id", "blob_version", "blob",
    ]

    static let whole = RowForm("insert payment", table: "payment", columns: inserted)

    /// A payment that is only recorded: nothing of it is at the processor.
    static let uncharged = RowForm(
        "insert uncharged payment", table: "payment", columns: inserted,
        nulls: [
            "deleted_at_ms", "invoice_id", "subscription_id", "dispute_reason", "failure_code", "failure_decline_code",
            "failure_message", "hold", "account", "last_learned_ms", "learned_at_ms", "open_charge",
            "intent_operation", "capture_expected", "stripe_payment_id", "stripe_charge_id",
        ],
        zeros: [
            "amount_capturable", "amount_captured", "amount_refunded", "amount_disputed", "dispute_status", "attempt",
            "livemode", "is_canceled_here",
        ])

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
        var values = BoundRow(moving)
        bindMoving(payment, to: &values)
        moving.bind(place)
        try moving.run()
        let references = try database.statement(
            """
            UPDATE payment SET customer_id = ?1, order_id = ?2, external_id = ?3
            WHERE place = ?4 AND (customer_id, order_id, external_id) IS NOT (?1, ?2, ?3)
            """)
        values = BoundRow(references)
        bindReferences(payment, to: &values)
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
        var values = BoundRow(statement)
        bindPlain(payment, to: &values)
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
