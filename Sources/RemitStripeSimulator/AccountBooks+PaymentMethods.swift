import RemitStripe

/// Payment methods: test cards under fresh ids.
extension AccountBooks {
    mutating func createMethod(token: String, metadata: [String: String]) throws(StripeFailure) -> JSONValue {
        guard token.hasPrefix("tok_"), let card = TestCard.named("pm_card_" + token.dropFirst("tok_".count)) else {
            throw .missing("token", token, param: "card[token]", inBody: true)
        }
        return json(addMethod(card, metadata: metadata))
    }

    mutating func attachMethod(_ id: String, to customerID: String) throws(StripeFailure) -> JSONValue {
        var method = try namedOrExisting(id, param: "payment_method", inBody: false)
        let customer = try customer(customerID, param: "customer")
        if method.customer == customer.id { return json(method) }
        guard method.customer == nil else {
            throw .invalid("The payment method you provided has already been attached to a customer.")
        }
        guard !method.usedUp else { throw Self.usedUp }
        guard method.card.attaches else {
            guard case .declines(let code, let declineCode, let message) = method.card.charge else {
                preconditionFailure("Only declining cards can't be attached.")
            }
            var failure = StripeFailure(status: 402, type: "card_error", code: code, message: message)
            failure.members["decline_code"] = declineCode.map(JSONValue.string)
            throw failure
        }
        method.customer = customer.id
        paymentMethods.update(method, id: method.id)
        emit("payment_method.attached", json(method))
        return json(method)
    }

    mutating func detachMethod(_ id: String) throws(StripeFailure) -> JSONValue {
        var method = try namedOrExisting(id, param: "payment_method", inBody: false)
        guard method.customer != nil else {
            throw .invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
        }
        let before = json(method)
        method.customer = nil
        method.usedUp = true
        paymentMethods.update(method, id: method.id)
        emit("payment_method.detached", json(method), previous: before)
        return json(method)
    }

    /// The method that an intent is to be paid with; names of test cards become fresh methods.
    mutating func usableMethod(
        _ name: String, for intent: SimulatedIntent
    ) throws(StripeFailure) -> SimulatedPaymentMethod {
        let method = try namedOrExisting(name, param: "payment_method", inBody: true)
        guard !method.usedUp else { throw Self.usedUp }
        guard let owner = method.customer, owner != intent.customer else { return method }
        throw .invalid(
            intent.customer == nil
                ? "The payment method you provided is attached to a customer so for security purposes you must provide "
                    + "the customer in the request."
                : "The payment method you provided belongs to another customer.", param: "payment_method")
    }

    /// After a payment: kept for its customer when asked, else used up unless it is attached.
    mutating func consume(_ method: SimulatedPaymentMethod, by intent: SimulatedIntent) {
        guard method.customer == nil else { return }
        var method = method
        if let customer = intent.customer, intent.setupFutureUsage != nil {
            method.customer = customer
            paymentMethods.update(method, id: method.id)
            emit("payment_method.attached", json(method))
        } else {
            method.usedUp = true
            paymentMethods.update(method, id: method.id)
        }
    }

    func method(_ id: String) throws(StripeFailure) -> SimulatedPaymentMethod {
        guard let method = paymentMethods[id] else {
            throw .missing("PaymentMethod", id, param: "payment_method", inBody: false)
        }
        return method
    }

    private mutating func namedOrExisting(
        _ name: String, param: String, inBody: Bool
    ) throws(StripeFailure) -> SimulatedPaymentMethod {
        if let method = paymentMethods[name] { return method }
        guard let card = TestCard.named(name) else {
            throw .missing("PaymentMethod", name, param: param, inBody: inBody)
        }
        return addMethod(card, metadata: [:])
    }

    private mutating func addMethod(_ card: TestCard, metadata: [String: String]) -> SimulatedPaymentMethod {
        let method = SimulatedPaymentMethod(
            id: random.identifier("pm"), created: seconds, card: card, metadata: metadata)
        paymentMethods.insert(method, id: method.id)
        return method
    }

    private static let usedUp = StripeFailure.invalid(
        "The provided PaymentMethod was previously used without a customer, or was detached from one. "
            + "It may not be used again.")
}
