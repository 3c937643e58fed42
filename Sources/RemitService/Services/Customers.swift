import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant

/// Serves customers.
struct Customers: CustomerService {
    let core: ServiceCore

    func createCustomer(_ request: CreateCustomerRequest, _ call: UnaryCall<CreateCustomerResponse>) {
        core.submit(request, call, as: CreateCustomer.self)
    }

    func getCustomer(_ request: GetCustomerRequest, _ call: UnaryCall<GetCustomerResponse>) {
        core.submit(call) { _ throws(PaymentError) in
            switch request.key {
            case .id(let text): .customer(.id(try RequestField.id(text)))
            case .stripeCustomerId(let text):
                .customer(.stripe(try RequestField.requiredID(text, "stripe_customer_id")))
            case nil: throw .invalid("key", "Give one of id, stripe_customer_id.")
            }
        }
    }
}
