import RemitStripe

/// What a request asks for, with its parameters read and found good; nothing has happened yet.
struct Route {
    typealias Execution = @Sendable (inout AccountBooks) throws(StripeFailure) -> JSONValue

    let execution: Execution
    /// Paths to replace by the objects that they name.
    var expansions: [String] = []

    private init(_ execution: @escaping Execution) {
        self.execution = execution
    }

    /// Reads a request; refuses unknown URLs and bad parameters.
    static func parse(
        _ method: StripeMethod, _ path: String, _ members: [String: FormNode]
    ) throws(StripeFailure) -> Route {
        var parameters = ParameterReader(members)
        let expansions = try parameters.list("expand")
        for expansion in expansions { try Expansion.check(expansion) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.count >= 2, parts.first == "v1", !parts.contains("") else { throw .unknownURL(method, path) }
        let rest = Array(parts.dropFirst())
        let found: Route? =
            switch rest[0] {
            case "payment_intents": try intents(method, rest, &parameters)
            case "payment_methods": try paymentMethods(method, rest, &parameters)
            case "customers": try customers(method, rest, &parameters)
            case "refunds": try refunds(method, rest, &parameters)
            default: try others(method, rest, &parameters)
            }
        guard var route = found else { throw .unknownURL(method, path) }
        route.expansions = expansions
        return route
    }

    private static func intents(
        _ method: StripeMethod, _ parts: [String], _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route? {
        switch (method, parts.count, parts.last) {
        case (.post, 1, _):
            let terms = try IntentTerms(&parameters)
            return Route { books throws(StripeFailure) in try books.createIntent(terms) }
        case (.get, 1, _):
            return try listIntents(&parameters)
        case (.get, 2, let id?):
            parameters.accept("client_secret")
            try parameters.finish()
            return Route { books throws(StripeFailure) in books.json(try books.intent(id)) }
        case (.post, 2, let id?):
            let change = try IntentChange(&parameters)
            return Route { books throws(StripeFailure) in try books.updateIntent(id, change) }
        case (.post, 3, "confirm"):
            let terms = try ConfirmationTerms(&parameters)
            parameters.accept("use_stripe_sdk", "payment_method_options", "radar_options", "receipt_email", "shipping")
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.confirmIntent(parts[1], terms) }
        case (.post, 3, "capture"):
            let amount = try parameters.integer("amount_to_capture")
            let metadata = try parameters.metadata()
            parameters.accept("final_capture", "statement_descriptor", "statement_descriptor_suffix")
            try parameters.finish()
            return Route { books throws(StripeFailure) in
                let captured = try books.captureIntent(parts[1], amount: amount)
                guard metadata.clears || !metadata.values.isEmpty else { return captured }
                return try books.updateIntent(parts[1], IntentChange(metadata: metadata))
            }
        case (.post, 3, "cancel"):
            let reason = try parameters.choice(
                "cancellation_reason", of: ["duplicate", "fraudulent", "requested_by_customer", "abandoned"])
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.cancelIntent(parts[1], reason: reason) }
        default:
            return nil
        }
    }

    private static func listIntents(_ parameters: inout ParameterReader) throws(StripeFailure) -> Route {
        let customer = try parameters.text("customer")
        let query = try createdQuery(&parameters)
        return Route { books throws(StripeFailure) in
            try books.page(
                of: books.intents, query, url: "/v1/payment_intents", kind: "payment_intent", created: \.created,
                where: { customer == nil || $0.customer == customer }, json: books.json)
        }
    }

    private static func paymentMethods(
        _ method: StripeMethod, _ parts: [String], _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route? {
        switch (method, parts.count, parts.last) {
        case (.post, 1, _):
            guard try parameters.choice("type", of: ["card"]) != nil else { throw parameters.missing("type") }
            guard var card = try parameters.hash("card") else { throw parameters.missing("card") }
            let token = try card.requiredText("token")
            try card.finish()
            let metadata = try parameters.metadata().applied(to: [:])
            parameters.accept("billing_details")
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.createMethod(token: token, metadata: metadata) }
        case (.get, 1, _):
            let customer = try parameters.text("customer")
            return try listMethods(of: customer, url: "/v1/payment_methods", &parameters)
        case (.get, 2, let id?):
            try parameters.finish()
            return Route { books throws(StripeFailure) in books.json(try books.method(id)) }
        case (.post, 3, "attach"):
            let customer = try parameters.requiredText("customer")
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.attachMethod(parts[1], to: customer) }
        case (.post, 3, "detach"):
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.detachMethod(parts[1]) }
        default:
            return nil
        }
    }

    private static func listMethods(
        of customer: String?, url: String, _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route {
        _ = try parameters.choice("type", of: ["card"])
        let query = try ListQuery(&parameters)
        try parameters.finish()
        return Route { books throws(StripeFailure) in
            if let customer {
                _ = try books.customer(customer, param: "customer", inBody: url == "/v1/payment_methods")
            }
            return try books.page(
                of: books.paymentMethods, query, url: url, kind: "PaymentMethod", created: \.created,
                where: { $0.customer != nil && $0.customer == customer }, json: books.json)
        }
    }

    private static func customers(
        _ method: StripeMethod, _ parts: [String], _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route? {
        switch (method, parts.count, parts.last) {
        case (.post, 1, _):
            let change = try AccountBooks.CustomerChange(&parameters)
            return Route { books throws(StripeFailure) in try books.createCustomer(change) }
        case (.get, 1, _):
            let email = try parameters.text("email")
            let query = try createdQuery(&parameters)
            return Route { books throws(StripeFailure) in
                try books.page(
                    of: books.customers, query, url: "/v1/customers", kind: "customer", created: \.created,
                    where: { !$0.deleted && (email == nil || $0.email == email) }, json: books.json)
            }
        case (.get, 2, let id?):
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.retrieveCustomer(id) }
        case (.post, 2, let id?):
            let change = try AccountBooks.CustomerChange(&parameters)
            return Route { books throws(StripeFailure) in try books.updateCustomer(id, change) }
        case (.delete, 2, let id?):
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.deleteCustomer(id) }
        case (.get, 3, "payment_methods"):
            return try listMethods(of: parts[1], url: "/v1/customers/\(parts[1])/payment_methods", &parameters)
        default:
            return nil
        }
    }

    private static func refunds(
        _ method: StripeMethod, _ parts: [String], _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route? {
        switch (method, parts.count, parts.last) {
        case (.post, 1, _):
            let terms = AccountBooks.RefundTerms(
                charge: try parameters.text("charge"), intent: try parameters.text("payment_intent"),
                amount: try parameters.integer("amount"),
                reason: try parameters.choice("reason", of: ["duplicate", "fraudulent", "requested_by_customer"]),
                metadata: try parameters.metadata().applied(to: [:]))
            parameters.accept("instructions_email")
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.createRefund(terms) }
        case (.get, 1, _):
            let charge = try parameters.text("charge")
            let intent = try parameters.text("payment_intent")
            let query = try createdQuery(&parameters)
            return Route { books throws(StripeFailure) in
                try books.page(
                    of: books.refunds, query, url: "/v1/refunds", kind: "refund", created: \.created,
                    where: { (charge == nil || $0.charge == charge) && (intent == nil || $0.intent == intent) },
                    json: books.json)
            }
        case (.get, 2, let id?):
            try parameters.finish()
            return Route { books throws(StripeFailure) in books.json(try books.refund(id)) }
        case (.post, 2, let id?):
            let metadata = try parameters.metadata()
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.updateRefund(id, metadata) }
        case (.post, 3, "cancel"):
            try parameters.finish()
            return Route { books throws(StripeFailure) in try books.cancelRefund(parts[1]) }
        default:
            return nil
        }
    }

    private static func others(
        _ method: StripeMethod, _ parts: [String], _ parameters: inout ParameterReader
    ) throws(StripeFailure) -> Route? {
        switch (method, parts[0], parts.count) {
        case (.get, "account", 1):
            try parameters.finish()
            return Route { books throws(StripeFailure) in books.accountJSON }
        case (.get, "charges", 1):
            let customer = try parameters.text("customer")
            let intent = try parameters.text("payment_intent")
            let query = try createdQuery(&parameters)
            return Route { books throws(StripeFailure) in
                try books.page(
                    of: books.charges, query, url: "/v1/charges", kind: "charge", created: \.created,
                    where: { (customer == nil || $0.customer == customer) && (intent == nil || $0.intent == intent) },
                    json: books.json)
            }
        case (.get, "charges", 2):
            try parameters.finish()
            return Route { books throws(StripeFailure) in books.json(try books.charge(parts[1])) }
        case (.get, "events", 1):
            let types = try EventTypes(&parameters)
            let query = try createdQuery(&parameters)
            return Route { books throws(StripeFailure) in
                try books.page(
                    of: books.events, query, url: "/v1/events", kind: "event", created: \.created,
                    where: { types.include($0.type) }, json: AccountBooks.json)
            }
        case (.get, "events", 2):
            try parameters.finish()
            return Route { books throws(StripeFailure) in
                guard let event = books.events[parts[1]] else {
                    throw .missing("event", parts[1], param: "id", inBody: false)
                }
                return AccountBooks.json(event)
            }
        default:
            return nil
        }
    }

    private static func createdQuery(_ parameters: inout ParameterReader) throws(StripeFailure) -> ListQuery {
        var query = try ListQuery(&parameters)
        try query.readCreated(&parameters)
        try parameters.finish()
        return query
    }
}

extension AccountBooks {
    fileprivate static func json(_ event: SimulatedEvent) -> JSONValue {
        guard let body = try? JSONValue(parsing: event.body) else {
            preconditionFailure("An event's body was written by the simulator and can't be read.")
        }
        return body
    }
}
