import RemitAPI
import RemitWire

extension Payment {
    /// What a Create answers with: 214 to 250 bytes.
    static func sample(_ number: Int) -> Payment {
        var payment = Payment()
        payment.id = "payment_01KE0QZ3VB6P4M9C8X2WHT\(1_000 + number)"
        payment.version = 1
        payment.createdAtMs = 1_767_225_600_123
        payment.updatedAtMs = payment.createdAtMs
        payment.createdBy = "key_01KE0QZ3V8"
        payment.amount = 2_500
        payment.currency = "usd"
        payment.status = .pending
        payment.stage = .new
        payment.customerId = "customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX"
        payment.orderId = "order-1x8k2d-3-\(20_000 + number)"
        payment.captureMethod = .automatic
        payment.type = .oneTime
        payment.metadata = .ofGuards
        return payment
    }

    /// Reads every field; what it sums up keeps the compiler from leaving one out.
    @inline(never)
    var bytesRead: Int {
        var sum = livemode ? 1 : 0
        sum &+= id.utf8.count &+ createdBy.utf8.count &+ currency.utf8.count
        sum &+= paymentMethod.utf8.count &+ customerId.utf8.count &+ invoiceId.utf8.count
        sum &+= subscriptionId.utf8.count &+ orderId.utf8.count &+ externalId.utf8.count
        sum &+= stripePaymentId.utf8.count &+ stripeChargeId.utf8.count &+ disputeReason.utf8.count
        sum &+= hold.utf8.count &+ account.utf8.count &+ description.utf8.count
        if let failure {
            sum &+= failure.code.utf8.count &+ failure.declineCode.utf8.count &+ failure.message.utf8.count
        }
        sum &+= Int(version &+ createdAtMs &+ updatedAtMs &+ (deletedAtMs ?? 0) &+ amount &+ amountCapturable)
        sum &+= Int(amountCaptured &+ amountRefunded &+ amountDisputed)
        sum &+= Int(status.rawValue &+ stage.rawValue &+ captureMethod.rawValue &+ disputeStatus.rawValue)
        sum &+= Int(type.rawValue &+ attempt)
        for pair in metadata { sum &+= pair.key.utf8.count &+ pair.value.utf8.count }
        return sum
    }
}

extension WireMap<String, String> {
    /// Three entries, as shops have them.
    static let ofGuards = WireMap([
        ("cart", "c-20931877"), ("channel", "web"), ("campaign", "autumn-newsletter"),
    ])
}
