import RemitStripe

/// The parameters of a payment intent's update.
struct IntentChange: Sendable {
    var amount: Int64?
    var customer: String?
    var paymentMethod: String?
    var description: ChangedText = .keep
    var metadata: MetadataChange

    enum ChangedText: Sendable {
        case keep
        case become(String?)
    }

    init(metadata: MetadataChange) {
        self.metadata = metadata
    }

    init(_ parameters: inout ParameterReader) throws(StripeFailure) {
        amount = try parameters.integer("amount")
        customer = try parameters.text("customer")
        paymentMethod = try parameters.text("payment_method")
        switch try parameters.change("description") {
        case .keep: description = .keep
        case .unset: description = .become(nil)
        case .set(let text): description = .become(text)
        }
        metadata = try parameters.metadata()
        parameters.accept("receipt_email", "statement_descriptor", "shipping", "setup_future_usage")
        try parameters.finish()
    }
}

extension AccountBooks {
    mutating func updateIntent(_ id: String, _ change: IntentChange) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        let isOpen =
            switch intent.status {
            case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: true
            case .processing, .requiresCapture, .canceled, .succeeded: false
            }
        let changesTerms = change.amount != nil || change.customer != nil || change.paymentMethod != nil
        guard isOpen || !changesTerms else { throw unexpectedState("update", intent) }
        if let amount = change.amount {
            try AmountRules.check(amount, currency: intent.currency)
            intent.amount = amount
        }
        if let customer = change.customer { intent.customer = try self.customer(customer, param: "customer").id }
        if let name = change.paymentMethod {
            intent.paymentMethod = try usableMethod(name, for: intent).id
            intent.status = .requiresConfirmation
            intent.nextAction = nil
        }
        if case .become(let text) = change.description { intent.description = text }
        intent.metadata = change.metadata.applied(to: intent.metadata)
        intents.update(intent, id: id)
        return json(intent)
    }
}
