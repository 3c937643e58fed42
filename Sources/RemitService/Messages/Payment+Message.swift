import RemitAPI
import RemitDomain
import RemitTenant
import RemitWire

// The domain's stored enums have the contract's numbers; a test compares their names.

extension RemitAPI.Payment {
    init(_ payment: RemitDomain.Payment) {
        self.init()
        id = payment.id.text
        version = payment.version
        createdAtMs = payment.createdAt.milliseconds
        updatedAtMs = payment.updatedAt.milliseconds
        createdBy = payment.createdBy.text
        deletedAtMs = payment.deletedAt?.milliseconds
        amount = payment.amount.minorUnits
        currency = payment.amount.currency.code
        status = .init(rawValue: Int32(payment.status.rawValue))
        stage = .init(rawValue: Int32(payment.stage.rawValue))
        paymentMethod = payment.paymentMethod ?? ""
        customerId = payment.customer?.text ?? ""
        invoiceId = payment.invoice ?? ""
        subscriptionId = payment.subscription ?? ""
        orderId = payment.orderID ?? ""
        externalId = payment.externalID ?? ""
        stripePaymentId = payment.stripePaymentID ?? ""
        stripeChargeId = payment.stripeChargeID ?? ""
        captureMethod = .init(rawValue: Int32(payment.captureMethod.rawValue))
        amountCapturable = payment.amountCapturable
        amountCaptured = payment.amountCaptured
        amountRefunded = payment.amountRefunded
        amountDisputed = payment.amountDisputed
        disputeStatus = .init(rawValue: Int32(payment.disputeStatus.rawValue))
        disputeReason = payment.disputeReason ?? ""
        failure = payment.failure.map { RemitAPI.PaymentFailure($0) }
        type = .init(rawValue: Int32(payment.type.rawValue))
        attempt = Int32(clamping: payment.attempt)
        hold = payment.hold ?? ""
        account = payment.account ?? ""
        livemode = payment.livemode
        metadata = WireMap(payment.metadata)
        description = payment.description ?? ""
    }
}

extension RemitAPI.PaymentFailure {
    init(_ failure: RemitDomain.PaymentFailure) {
        self.init()
        code = failure.code
        declineCode = failure.declineCode
        message = failure.message
    }
}

extension RemitAPI.PaymentHistory {
    init(_ numbered: NumberedHistoryRow) {
        self.init()
        let row = numbered.row
        ordinal = numbered.ordinal
        updateType = row.isNew ? .new : .update
        source = .init(rawValue: Int32(row.source.rawValue))
        update = row.update
        applied = row.applied
        reason = row.reason
        fromStage = .init(rawValue: Int32(row.fromStage.rawValue))
        toStage = .init(rawValue: Int32(row.toStage.rawValue))
        actor = row.actor
        stripeEventId = row.stripeEventID ?? ""
        operationId = row.operation?.text ?? ""
        atMs = row.at.milliseconds
    }
}

extension WireMap<String, String> {
    init(_ metadata: Metadata) {
        self.init(metadata.entries.lazy.map { ($0.key, $0.value) })
    }
}
