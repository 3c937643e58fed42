import SwiftProtobuf

extension Remit_V1_Payment {
    static func sample(_ number: Int) -> Remit_V1_Payment {
        var payment = Remit_V1_Payment()
        payment.id = Sample.id(number)
        payment.version = 1
        payment.createdAtMs = Sample.createdAt
        payment.updatedAtMs = Sample.createdAt
        payment.createdBy = Sample.createdBy
        payment.amount = 2_500
        payment.currency = "usd"
        payment.status = .pending
        payment.stage = .new
        payment.customerID = Sample.customer
        payment.orderID = Sample.order(number)
        payment.captureMethod = .automatic
        payment.type = .oneTime
        payment.metadata = Dictionary(Sample.metadata) { $1 }
        return payment
    }

    /// Reads every field; the sum keeps the compiler from leaving one out.
    @inline(never)
    var checksum: Int {
        var sum = livemode ? 1 : 0
        sum &+= id.utf8.count &+ createdBy.utf8.count &+ currency.utf8.count
        sum &+= paymentMethod.utf8.count &+ customerID.utf8.count &+ invoiceID.utf8.count
        sum &+= subscriptionID.utf8.count &+ orderID.utf8.count &+ externalID.utf8.count
        sum &+= stripePaymentID.utf8.count &+ stripeChargeID.utf8.count &+ disputeReason.utf8.count
        sum &+= hold.utf8.count &+ account.utf8.count &+ description_p.utf8.count
        if hasFailure {
            sum &+= failure.code.utf8.count &+ failure.declineCode.utf8.count &+ failure.message.utf8.count
        }
        sum &+= Int(version &+ createdAtMs &+ updatedAtMs &+ deletedAtMs &+ amount &+ amountCapturable)
        sum &+= Int(amountCaptured &+ amountRefunded &+ amountDisputed)
        sum &+= status.rawValue &+ stage.rawValue &+ captureMethod.rawValue &+ disputeStatus.rawValue
        sum &+= type.rawValue &+ Int(attempt)
        for (key, value) in metadata { sum &+= key.utf8.count &+ value.utf8.count }
        return sum
    }
}

extension Remit_V1_FindPaymentsResponse {
    /// Reads every field of every payment.
    var checksum: Int { payments.reduce(0) { $0 &+ $1.checksum } }
}

extension SwiftProtobuf.Message {
    /// This message's bytes.
    func bytes() throws -> [UInt8] { try serializedBytes() }
}
