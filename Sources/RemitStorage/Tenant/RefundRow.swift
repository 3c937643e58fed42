import RemitDomain

/// The refund's row, whole: the only code that turns an entity into columns and bytes, and columns into an entity.
enum RefundRow {
    static let columns = """
        id, payment_id, amount, currency, created_at_ms, created_by, version, updated_at_ms, reason, status,
        stripe_refund_id, failure_reason, account, learned_at_ms
        """

    /// Inserts or replaces the row.
    static func bind(_ refund: Refund, blob: [UInt8], version: Int64, to statement: Statement) {
        statement.bind(refund.id)
        statement.bind(refund.payment)
        statement.bind(refund.amount.minorUnits)
        statement.bind(refund.amount.currency.code)
        statement.bind(refund.createdAt)
        statement.bind(refund.createdBy)
        statement.bind(refund.version)
        statement.bind(refund.updatedAt)
        statement.bind(refund.reason)
        statement.bind(refund.status)
        statement.bind(refund.stripeRefundID)
        statement.bind(refund.failureReason)
        statement.bind(refund.account)
        statement.bind(refund.learnedAt)
        statement.bind(version)
        statement.bind(blob)
    }

    static func read(_ row: Statement) throws(StorageError) -> Refund {
        let id: RefundID = row.id()
        let payment: PaymentID = row.id()
        let amount = Money(minorUnits: row.int64(), currency: try row.currency())
        let createdAt = row.timestamp()
        let createdBy: PrincipalID = row.id()
        var refund = Refund(id: id, payment: payment, amount: amount, createdAt: createdAt, createdBy: createdBy)
        refund.version = row.int64()
        refund.updatedAt = row.timestamp()
        refund.reason = try row.value()
        refund.status = try row.value()
        refund.stripeRefundID = row.textOrNil()
        refund.failureReason = row.textOrNil()
        refund.account = row.textOrNil()
        refund.learnedAt = row.timestampOrNil()
        return refund
    }
}
