import RemitAPI
import RemitWire

extension Payment.View {
    /// Reads every field, a text as its bytes where they lie; the sum keeps the compiler from leaving one out.
    @inline(never)
    func bytesRead(_ bytes: Span<UInt8>) -> Int {
        var sum = livemode ? 1 : 0
        sum &+= bytes.extracting(id).count &+ bytes.extracting(createdBy).count &+ bytes.extracting(currency).count
        sum &+= bytes.extracting(paymentMethod).count &+ bytes.extracting(customerId).count
        sum &+= bytes.extracting(invoiceId).count &+ bytes.extracting(subscriptionId).count
        sum &+= bytes.extracting(orderId).count &+ bytes.extracting(externalId).count
        sum &+= bytes.extracting(stripePaymentId).count &+ bytes.extracting(stripeChargeId).count
        sum &+= bytes.extracting(disputeReason).count &+ bytes.extracting(hold).count
        sum &+= bytes.extracting(account).count &+ bytes.extracting(description).count
        if let failure {
            sum &+= bytes.extracting(failure.code).count &+ bytes.extracting(failure.declineCode).count
            sum &+= bytes.extracting(failure.message).count
        }
        sum &+= Int(version &+ createdAtMs &+ updatedAtMs &+ (deletedAtMs ?? 0) &+ amount &+ amountCapturable)
        sum &+= Int(amountCaptured &+ amountRefunded &+ amountDisputed)
        sum &+= Int(status.rawValue &+ stage.rawValue &+ captureMethod.rawValue &+ disputeStatus.rawValue)
        sum &+= Int(type.rawValue &+ attempt)
        var entries = metadata.cursor
        while let entry = entries.next(bytes) {
            sum &+= bytes.extracting(entry.key).count &+ bytes.extracting(entry.value).count
        }
        return sum
    }
}

extension FindPaymentsResponse.View {
    /// Reads every field of every payment.
    func bytesRead(_ bytes: Span<UInt8>) -> Int {
        var sum = 0
        var cursor = payments.cursor
        while let payment = cursor.next(bytes) { sum &+= payment.bytesRead(bytes) }
        return sum
    }
}
