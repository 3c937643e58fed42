import RemitStripe

/// The parameters of a payment intent's creation.
struct IntentTerms: Sendable {
    var amount: Int64
    var currency: String
    var customer: String?
    var paymentMethod: String?
    var captureMethod: String
    var description: String?
    var receiptEmail: String?
    var setupFutureUsage: String?
    var redirectsAllowed = true
    var metadata: [String: String]
    /// Nil when it isn't to be confirmed at once.
    var confirmation: ConfirmationTerms?

    init(_ parameters: inout ParameterReader) throws(StripeFailure) {
        guard let amount = try parameters.integer("amount") else { throw parameters.missing("amount") }
        self.amount = amount
        currency = try parameters.requiredText("currency").lowercased()
        try AmountRules.check(amount, currency: currency)
        customer = try parameters.text("customer")
        captureMethod =
            try parameters.choice("capture_method", of: ["automatic", "automatic_async", "manual"]) ?? "automatic_async"
        description = try parameters.text("description")
        receiptEmail = try parameters.text("receipt_email")
        setupFutureUsage = try parameters.choice("setup_future_usage", of: ["off_session", "on_session"])
        metadata = try parameters.metadata().applied(to: [:])
        if var automatic = try parameters.hash("automatic_payment_methods") {
            guard try automatic.bool("enabled") != nil else { throw automatic.missing("enabled") }
            redirectsAllowed = try automatic.choice("allow_redirects", of: ["always", "never"]) != "never"
            try automatic.finish()
        }
        let confirms = try parameters.bool("confirm") ?? false
        let confirmation = try ConfirmationTerms(&parameters)
        paymentMethod = confirmation.paymentMethod
        if confirms {
            self.confirmation = confirmation
        } else if confirmation.returnURL != nil || confirmation.offSession || confirmation.failsOnAction {
            throw .invalid("The parameter can be given only when `confirm` is true.", param: "return_url")
        }
        _ = try parameters.choice("confirmation_method", of: ["automatic", "manual"])
        parameters.accept(
            "statement_descriptor", "statement_descriptor_suffix", "shipping", "payment_method_options",
            "radar_options", "transfer_group", "use_stripe_sdk", "allowed_payment_method_types")
        try parameters.finish()
    }
}

/// The parameters of a confirmation.
struct ConfirmationTerms: Sendable {
    var paymentMethod: String?
    var returnURL: String?
    var offSession = false
    var failsOnAction = false

    init(paymentMethod: String) {
        self.paymentMethod = paymentMethod
        offSession = true
    }

    init(_ parameters: inout ParameterReader) throws(StripeFailure) {
        paymentMethod = try parameters.text("payment_method")
        returnURL = try parameters.text("return_url")
        switch try parameters.text("off_session") {
        case nil, "false": offSession = false
        case "true", "one_off", "recurring": offSession = true
        case let other?: throw .invalid("Invalid off_session: \(other)", param: "off_session")
        }
        failsOnAction = try parameters.bool("error_on_requires_action") ?? false
    }
}

/// What Stripe demands of amounts.
enum AmountRules {
    /// Smallest charges that Stripe names; other currencies have at least 1 here.
    private static let minimum: [String: Int64] = ["usd": 50, "eur": 50, "gbp": 30, "chf": 50, "cad": 50, "jpy": 50]

    static func check(_ amount: Int64, currency: String, param: String = "amount") throws(StripeFailure) {
        guard StripeCurrencies.offered.contains(currency) else {
            throw .invalid("Invalid currency: \(currency).", param: "currency")
        }
        guard amount >= 1 else {
            throw .invalid(
                "This value must be greater than or equal to 1.", code: "parameter_invalid_integer", param: param)
        }
        guard amount <= 99_999_999 else {
            throw .invalid("Amount must be no more than 999,999.99.", code: "amount_too_large", param: param)
        }
        if param == "amount", amount < minimum[currency, default: 1] {
            throw .invalid(
                "Amount must convert to at least 50 cents.", code: "amount_too_small", param: param)
        }
        try checkScale(amount, currency: currency, param: param)
    }

    /// The last digits that Stripe refuses.
    static func checkScale(_ amount: Int64, currency: String, param: String) throws(StripeFailure) {
        let divisor: Int64 =
            StripeCurrencies.threeDecimal.contains(currency)
            ? 10
            : StripeCurrencies.hundredthsOfWhole.contains(currency) ? 100 : 1
        guard amount % divisor == 0 else {
            throw .invalid("Amounts in \(currency) must be divisible by \(divisor).", param: param)
        }
    }
}
