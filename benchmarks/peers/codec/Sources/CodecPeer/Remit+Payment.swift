import RemitAPI
import RemitWire

extension Payment {
    static func sample(_ number: Int) -> Payment {
        var payment = Payment()
        payment.id = Sample.id(number)
        payment.version = 1
        payment.createdAtMs = Sample.createdAt
        payment.updatedAtMs = Sample.createdAt
        payment.createdBy = Sample.createdBy
        payment.amount = 2_500
        payment.currency = "usd"
        payment.status = .pending
        payment.stage = .new
        payment.customerId = Sample.customer
        payment.orderId = Sample.order(number)
        payment.captureMethod = .automatic
        payment.type = .oneTime
        payment.metadata = WireMap(Sample.metadata)
        return payment
    }

    /// Reads every field; the sum keeps the compiler from leaving one out.
    @inline(never)
    var checksum: Int {
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

extension FindPaymentsResponse {
    /// Reads every field of every payment.
    var checksum: Int { payments.reduce(0) { $0 &+ $1.checksum } }
}
