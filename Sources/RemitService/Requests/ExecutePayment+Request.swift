import RemitAPI
import RemitDomain
import RemitTenant

extension ExecutePayment: ParsedVerb {
    init(_ request: ExecutePaymentRequest) throws(PaymentError) {
        self.init(payment: try RequestField.id(request.id))
        expectedVersion = try RequestField.expectedVersion(request.expectedVersion)
        paymentMethod = try RequestField.paymentMethod(request.paymentMethod)
        returnURL = try RequestField.returnURL(request.returnUrl, offSession: request.offSession)
        offSession = request.offSession
        captureMethod = try RequestField.captureMethod(request.captureMethod)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("id", payment.text)
        digester.add("expected_version", optional: expectedVersion)
        digester.add("payment_method", paymentMethod ?? "")
        digester.add("return_url", returnURL ?? "")
        digester.add("off_session", offSession)
        digester.add("capture_method", optional: captureMethod?.rawValue)
    }
}
