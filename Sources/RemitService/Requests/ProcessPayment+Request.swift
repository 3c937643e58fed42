import RemitAPI
import RemitDomain
import RemitTenant

extension ProcessPayment: ParsedVerb {
    init(_ request: ProcessPaymentRequest) throws(PaymentError) {
        let order = try RequestField.requiredID(request.orderId, "order_id")
        let amount = try RequestField.amount(request.amount)
        guard let method = try RequestField.paymentMethod(request.paymentMethod) else {
            throw .invalid("payment_method", "Give the id of a payment method at the processor.")
        }
        self.init(orderID: order, amount: amount, paymentMethod: method)
        currency = try RequestField.currency(request.currency)
        customer = try RequestField.optionalID(request.customerId, "customer_id")
        captureMethod = try RequestField.captureMethod(request.captureMethod) ?? .automatic
        returnURL = try RequestField.returnURL(request.returnUrl, offSession: request.offSession)
        offSession = request.offSession
        type = try RequestField.paymentType(request.type)
        description = try RequestField.description(request.description)
        metadata = try RequestField.metadata(request.metadata)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("order_id", orderID)
        digester.add("amount", amount)
        digester.add("currency", currency?.code ?? "")
        digester.add("customer_id", customer?.text ?? "")
        digester.add("payment_method", paymentMethod)
        digester.add("capture_method", captureMethod == .manual)
        digester.add("return_url", returnURL ?? "")
        digester.add("off_session", offSession)
        digester.add("type", type == .recurring)
        digester.add("description", description ?? "")
        digester.add("metadata", metadata)
    }
}
