import RemitAPI
import RemitWire

extension Payment {
    /// Reads every field; what it sums up keeps the compiler from leaving one out.
    @inline(never)
    var bytesRead: Int {
        var sum = 0
        for text in [
            id, createdBy, currency, paymentMethod, customerId, invoiceId, subscriptionId, orderId, externalId,
            stripePaymentId, stripeChargeId, disputeReason, hold, account, description, failure?.code ?? "",
            failure?.declineCode ?? "", failure?.message ?? "",
        ] {
            sum &+= text.utf8.count
        }
        for number in [
            version, createdAtMs, updatedAtMs, deletedAtMs ?? 0, amount, amountCapturable, amountCaptured,
            amountRefunded, amountDisputed,
        ] {
            sum &+= Int(truncatingIfNeeded: number & 1)
        }
        for value in [
            status.rawValue, stage.rawValue, captureMethod.rawValue, disputeStatus.rawValue, type.rawValue, attempt,
        ] {
            sum &+= Int(value & 1)
        }
        for pair in metadata { sum &+= pair.key.utf8.count &+ pair.value.utf8.count }
        return livemode ? sum &+ 1 : sum
    }
}
