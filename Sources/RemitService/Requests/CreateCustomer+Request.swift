import RemitAPI
import RemitDomain
import RemitTenant

extension CreateCustomer: ParsedVerb {
    init(_ request: CreateCustomerRequest) throws(PaymentError) {
        try RequestLimit.checkText(request.name, "name", lengthMax: RequestLimit.nameLengthMax, isRequired: true)
        try RequestLimit.checkEmail(request.email)
        self.init(name: request.name, email: request.email)
        organization = try RequestField.foreignID(request.organization, "organization")
        contact = try RequestField.foreignID(request.contact, "contact")
        paymentMethod = try RequestField.paymentMethod(request.paymentMethod)
        currency = try RequestField.currency(request.currency)
        taxExempt = try RequestField.taxExempt(request.taxExempt)
        metadata = try RequestField.metadata(request.metadata)
    }

    func digest(into digester: inout FieldDigester) {
        digester.add("name", name)
        digester.add("email", email)
        digester.add("organization", organization ?? "")
        digester.add("contact", contact ?? "")
        digester.add("payment_method", paymentMethod ?? "")
        digester.add("currency", currency?.code ?? "")
        digester.add("tax_exempt", taxExempt == .none ? 0 : taxExempt.rawValue)
        digester.add("metadata", metadata)
    }
}
