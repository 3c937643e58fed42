import RemitAPI
import RemitWire

/// A payment as commands show it.
struct PaymentView: Viewed {
    var id: String
    var version: Int64
    var orderId: String
    var customerId: String
    var amount: Int64
    var currency: String
    var status: String
    var stage: String
    var paymentMethod: String
    var captureMethod: String
    var amountCapturable: Int64
    var amountCaptured: Int64
    var amountRefunded: Int64
    var stripePaymentId: String
    var stripeChargeId: String
    var attempt: Int32
    var failureCode: String
    var failureMessage: String
    var description: String
    var metadata: [String: String]
    var createdAtMs: Int64
    var updatedAtMs: Int64
    var nextActionUrl: String

    init(_ payment: Payment, nextActionURL: String = "") {
        id = payment.id
        version = payment.version
        orderId = payment.orderId
        customerId = payment.customerId
        amount = payment.amount
        currency = payment.currency
        status = payment.status.text(dropping: "PAYMENT_STATUS_")
        stage = payment.stage.text(dropping: "PAYMENT_STAGE_")
        paymentMethod = payment.paymentMethod
        captureMethod = payment.captureMethod.text(dropping: "CAPTURE_METHOD_")
        amountCapturable = payment.amountCapturable
        amountCaptured = payment.amountCaptured
        amountRefunded = payment.amountRefunded
        stripePaymentId = payment.stripePaymentId
        stripeChargeId = payment.stripeChargeId
        attempt = payment.attempt
        failureCode = payment.failure?.code ?? ""
        failureMessage = payment.failure?.message ?? ""
        description = payment.description
        metadata = Dictionary(payment.metadata.map { ($0.key, $0.value) }) { $1 }
        createdAtMs = payment.createdAtMs
        updatedAtMs = payment.updatedAtMs
        nextActionUrl = nextActionURL
    }

    var lines: [String] {
        var table = Table("payment", id)
        table.add("status", "\(status) (\(stage))")
        table.add("amount", moneyText(amount, currency))
        table.add("captured", moneyText(amountCaptured, currency))
        table.add("capturable", moneyText(amountCapturable, currency))
        table.add("refunded", moneyText(amountRefunded, currency))
        if !orderId.isEmpty { table.add("order", orderId) }
        if !customerId.isEmpty { table.add("customer", customerId) }
        if !stripePaymentId.isEmpty { table.add("at Stripe", stripePaymentId) }
        if !stripeChargeId.isEmpty { table.add("charge", stripeChargeId) }
        if !failureCode.isEmpty { table.add("failure", "\(failureCode): \(failureMessage)") }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { table.add("metadata", "\(key) = \(value)") }
        table.add("version", "\(version)")
        table.add("created", timeText(createdAtMs))
        if !nextActionUrl.isEmpty { table.add("next", "the customer must open \(nextActionUrl)") }
        return table.lines
    }
}

/// A page of payments.
struct PaymentListView: Viewed {
    var payments: [PaymentView]
    var nextPageToken: String
    var count: Int64?

    var lines: [String] {
        var table = Table("PAYMENT", "STATUS", "STAGE", "AMOUNT", "REFUNDED", "ORDER", "CREATED")
        for payment in payments {
            table.add(
                payment.id, payment.status, payment.stage, moneyText(payment.amount, payment.currency),
                "\(payment.amountRefunded)", payment.orderId, timeText(payment.createdAtMs))
        }
        var lines = table.lines
        if let count { lines.append("\(count) in all") }
        if !nextPageToken.isEmpty { lines.append("More: --page-token \(nextPageToken)") }
        return lines
    }
}

/// What was learned of a payment.
struct HistoryView: Viewed {
    struct Row: Encodable {
        var ordinal: Int64
        var source: String
        var update: String
        var applied: Bool
        var reason: String
        var fromStage: String
        var toStage: String
        var actor: String
        var stripeEventId: String
        var operationId: String
        var atMs: Int64

        init(_ row: PaymentHistory) {
            ordinal = row.ordinal
            source = row.source.text(dropping: "HISTORY_SOURCE_")
            update = row.update
            applied = row.applied
            reason = row.reason
            fromStage = row.fromStage.text(dropping: "PAYMENT_STAGE_")
            toStage = row.toStage.text(dropping: "PAYMENT_STAGE_")
            actor = row.actor
            stripeEventId = row.stripeEventId
            operationId = row.operationId
            atMs = row.atMs
        }
    }

    var rows: [Row]

    var lines: [String] {
        var table = Table("#", "SOURCE", "UPDATE", "WHAT IT DID", "STAGES")
        for row in rows {
            let stages = row.fromStage == row.toStage ? row.toStage : "\(row.fromStage) → \(row.toStage)"
            table.add(
                "\(row.ordinal)", row.source, row.update, row.applied ? "applied" : "ignored: \(row.reason)", stages)
        }
        return table.lines
    }
}

/// A refund as commands show it.
struct RefundView: Viewed {
    var id: String
    var version: Int64
    var paymentId: String
    var amount: Int64
    var currency: String
    var status: String
    var reason: String
    var stripeRefundId: String
    var failureReason: String
    var createdAtMs: Int64

    init(_ refund: Refund) {
        id = refund.id
        version = refund.version
        paymentId = refund.paymentId
        amount = refund.amount
        currency = refund.currency
        status = refund.status.text(dropping: "REFUND_STATUS_")
        reason = refund.reason.text(dropping: "REFUND_REASON_")
        stripeRefundId = refund.stripeRefundId
        failureReason = refund.failureReason
        createdAtMs = refund.createdAtMs
    }

    var lines: [String] {
        var table = Table("refund", id)
        table.add("status", status)
        table.add("amount", moneyText(amount, currency))
        table.add("payment", paymentId)
        if !stripeRefundId.isEmpty { table.add("at Stripe", stripeRefundId) }
        if !failureReason.isEmpty { table.add("failure", failureReason) }
        table.add("created", timeText(createdAtMs))
        return table.lines
    }
}
