import RemitAPI
import RemitDomain
import RemitTenant

extension CapturePayment: ParsedVerb {
    init(_ request: CapturePaymentRequest) throws(PaymentError) {
        self.init(payment: try RequestField.id(request.id))
        expectedVersion = try RequestField.expectedVersion(request.expectedVersion)
        amount = try RequestField.amount(ifPresent: request.amount)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("id", payment.text)
        digester.add("expected_version", optional: expectedVersion)
        digester.add("amount", optional: amount)
    }
}
