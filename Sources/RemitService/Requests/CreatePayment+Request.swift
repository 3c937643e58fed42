import RemitAPI
import RemitDomain
import RemitTenant

extension CreatePayment: ParsedVerb {
    init(_ request: CreatePaymentRequest) throws(PaymentError) {
        self.init(amount: try RequestField.amount(request.amount))
        currency = try RequestField.currency(request.currency)
        customer = try RequestField.optionalID(request.customerId, "customer_id")
        orderID = try RequestField.foreignID(request.orderId, "order_id")
        externalID = try RequestField.foreignID(request.externalId, "external_id")
        paymentMethod = try RequestField.paymentMethod(request.paymentMethod)
        captureMethod = try RequestField.captureMethod(request.captureMethod) ?? .automatic
        type = try RequestField.paymentType(request.type)
        description = try RequestField.description(request.description)
        metadata = try RequestField.metadata(request.metadata)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("amount", amount)
        digester.add("currency", currency?.code ?? "")
        digester.add("customer_id", customer?.text ?? "")
        digester.add("order_id", orderID ?? "")
        digester.add("external_id", externalID ?? "")
        digester.add("payment_method", paymentMethod ?? "")
        digester.add("capture_method", captureMethod == .manual)
        digester.add("type", type == .recurring)
        digester.add("description", description ?? "")
        digester.add("metadata", metadata)
    }
}
