import RemitAPI
import RemitDomain

extension RemitAPI.Refund {
    init(_ refund: RemitDomain.Refund) {
        self.init()
        id = refund.id.text
        version = refund.version
        createdAtMs = refund.createdAt.milliseconds
        updatedAtMs = refund.updatedAt.milliseconds
        createdBy = refund.createdBy.text
        paymentId = refund.payment.text
        amount = refund.amount.minorUnits
        currency = refund.amount.currency.code
        reason = .init(rawValue: Int32(refund.reason.rawValue))
        status = .init(rawValue: Int32(refund.status.rawValue))
        stripeRefundId = refund.stripeRefundID ?? ""
        failureReason = refund.failureReason ?? ""
    }
}
