import RemitAPI
import RemitDomain
import RemitWire

extension RemitAPI.Customer {
    init(_ customer: RemitDomain.Customer) {
        self.init()
        id = customer.id.text
        version = customer.version
        createdAtMs = customer.createdAt.milliseconds
        updatedAtMs = customer.updatedAt.milliseconds
        createdBy = customer.createdBy.text
        deletedAtMs = customer.deletedAt?.milliseconds
        name = customer.name
        email = customer.email
        organization = customer.organization ?? ""
        contact = customer.contact ?? ""
        stripeCustomerId = customer.stripeCustomerID ?? ""
        paymentMethod = customer.paymentMethod ?? ""
        currency = customer.currency?.code ?? ""
        taxExempt = .init(rawValue: Int32(customer.taxExempt.rawValue))
        metadata = WireMap(customer.metadata)
        account = customer.account ?? ""
        livemode = customer.livemode
    }
}
