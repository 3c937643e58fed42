package import RemitDomain
package import RemitStorage

extension CreateCustomer: Verb {
    package static var method: OperationMethod { .createCustomer }

    package func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        var customer = Customer(
            id: scene.ids.next(at: scene.now), name: name, email: email, createdAt: scene.now,
            createdBy: request.requester.principal)
        customer.organization = organization
        customer.contact = contact
        customer.paymentMethod = paymentMethod
        customer.currency = currency
        customer.taxExempt = taxExempt
        customer.metadata = metadata
        switch scene.prepare(.createCustomer(customer), request, attempt: 1) {
        case .refused(let error): return .refused(error)
        case .passed(let call):
            customer.account = call.account
            customer.livemode = call.livemode
            // Hidden, and without an event, until the processor has it too.
            _ = try tx.insert(customer)
            let operation = scene.operation(request, entity: customer.id.text, payment: nil, sending: call)
            try tx.insert(operation)
            return .sends(operation, version: customer.version)
        }
    }
}
