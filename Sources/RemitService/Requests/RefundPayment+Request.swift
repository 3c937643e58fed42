import RemitAPI
import RemitDomain
import RemitTenant

extension RefundPayment: ParsedVerb {
    init(_ request: RefundPaymentRequest) throws(PaymentError) {
        self.init(payment: try RequestField.id(request.id))
        expectedVersion = try RequestField.expectedVersion(request.expectedVersion)
        amount = try RequestField.amount(ifPresent: request.amount)
        reason = try RequestField.refundReason(request.reason)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("id", payment.text)
        digester.add("expected_version", optional: expectedVersion)
        digester.add("amount", optional: amount)
        digester.add("reason", reason.rawValue)
    }
}
