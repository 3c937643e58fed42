import RemitStripe

/// Customers.
extension AccountBooks {
    /// What a request says of a customer's fields.
    struct CustomerChange: Sendable {
        var name: ParameterReader.Change<String>
        var email: ParameterReader.Change<String>
        var phone: ParameterReader.Change<String>
        var description: ParameterReader.Change<String>
        var metadata: MetadataChange
        var paymentMethod: String?

        init(_ parameters: inout ParameterReader) throws(StripeFailure) {
            name = try parameters.change("name")
            email = try parameters.change("email")
            phone = try parameters.change("phone")
            description = try parameters.change("description")
            metadata = try parameters.metadata()
            paymentMethod = try parameters.text("payment_method")
            if case .set(let address) = email, !address.contains("@") {
                throw .invalid("Invalid email address: \(address)", code: "email_invalid", param: "email")
            }
            parameters.accept("address", "shipping", "preferred_locales", "tax_exempt", "invoice_settings")
            try parameters.finish()
        }

        func apply(to customer: inout SimulatedCustomer) {
            customer.name = Self.applied(name, to: customer.name)
            customer.email = Self.applied(email, to: customer.email)
            customer.phone = Self.applied(phone, to: customer.phone)
            customer.description = Self.applied(description, to: customer.description)
            customer.metadata = metadata.applied(to: customer.metadata)
        }

        private static func applied(_ change: ParameterReader.Change<String>, to value: String?) -> String? {
            switch change {
            case .keep: value
            case .unset: nil
            case .set(let new): new
            }
        }
    }

    mutating func createCustomer(_ change: CustomerChange) throws(StripeFailure) -> JSONValue {
        var customer = SimulatedCustomer(id: random.identifier("cus"), created: seconds)
        change.apply(to: &customer)
        customers.insert(customer, id: customer.id)
        emit("customer.created", json(customer))
        if let method = change.paymentMethod { _ = try attachMethod(method, to: customer.id) }
        return json(customer)
    }

    mutating func updateCustomer(_ id: String, _ change: CustomerChange) throws(StripeFailure) -> JSONValue {
        var customer = try customer(id, param: "customer", inBody: false)
        let before = json(customer)
        change.apply(to: &customer)
        customers.update(customer, id: id)
        if json(customer) != before { emit("customer.updated", json(customer), previous: before) }
        return json(customer)
    }

    mutating func deleteCustomer(_ id: String) throws(StripeFailure) -> JSONValue {
        var customer = try customer(id, param: "customer", inBody: false)
        // The event shows the customer as it was; only GETs answer {id, object, deleted}.
        emit("customer.deleted", json(customer))
        customer.deleted = true
        customers.update(customer, id: id)
        for var method in paymentMethods.all where method.customer == id {
            method.customer = nil
            method.usedUp = true
            paymentMethods.update(method, id: method.id)
        }
        return json(customer)
    }

    /// A customer that isn't deleted.
    func customer(
        _ id: String, param: String, inBody: Bool = true
    ) throws(StripeFailure) -> SimulatedCustomer {
        guard let customer = customers[id], !customer.deleted else {
            throw .missing("customer", id, param: param, inBody: inBody)
        }
        return customer
    }

    func retrieveCustomer(_ id: String) throws(StripeFailure) -> JSONValue {
        guard let customer = customers[id] else { throw .missing("customer", id, param: "id", inBody: false) }
        return json(customer)
    }
}
