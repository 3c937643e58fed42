import RemitStripe

/// Payment intents: creation, confirmation, capture, cancelation.
extension AccountBooks {
    mutating func createIntent(_ terms: IntentTerms) throws(StripeFailure) -> JSONValue {
        if let customer = terms.customer { _ = try self.customer(customer, param: "customer") }
        let id = random.identifier("pi")
        var intent = SimulatedIntent(
            id: id, created: seconds, clientSecret: id + random.identifier("_secret"), amount: terms.amount,
            currency: terms.currency, customer: terms.customer, captureMethod: terms.captureMethod,
            description: terms.description, receiptEmail: terms.receiptEmail,
            setupFutureUsage: terms.setupFutureUsage, redirectsAllowed: terms.redirectsAllowed,
            metadata: terms.metadata)
        if let confirmation = terms.confirmation {
            guard terms.paymentMethod != nil else { throw Self.lacksPaymentMethod(nil) }
            try checkReturnURL(intent, confirmation)
        }
        if let name = terms.paymentMethod {
            intent.paymentMethod = try usableMethod(name, for: intent).id
            intent.status = .requiresConfirmation
        }
        intents.insert(intent, id: id)
        emit("payment_intent.created", json(intent))
        guard var confirmation = terms.confirmation else { return json(intent) }
        confirmation.paymentMethod = nil
        return try confirm(intent, confirmation)
    }

    mutating func confirmIntent(_ id: String, _ terms: ConfirmationTerms) throws(StripeFailure) -> JSONValue {
        try confirm(try intent(id), terms)
    }

    private mutating func confirm(
        _ current: SimulatedIntent, _ terms: ConfirmationTerms
    ) throws(StripeFailure) -> JSONValue {
        var intent = current
        switch intent.status {
        case .requiresPaymentMethod, .requiresConfirmation, .requiresAction: break
        case .processing, .requiresCapture, .canceled, .succeeded: throw unexpectedState("confirm", intent)
        }
        try checkReturnURL(intent, terms)
        guard let name = terms.paymentMethod ?? intent.paymentMethod else {
            throw Self.lacksPaymentMethod(json(intent))
        }
        let method = try usableMethod(name, for: intent)
        intent.paymentMethod = method.id
        intent.nextAction = nil
        intent.lastPaymentError = nil
        switch method.card.charge {
        case .succeeds:
            return authorize(&intent, method)
        case .declines(let code, let declineCode, let message):
            throw decline(&intent, method, code: code, declineCode: declineCode, message: message)
        case .requiresAuthentication where terms.offSession || terms.failsOnAction:
            throw decline(
                &intent, method, code: "authentication_required", declineCode: "authentication_required",
                message: "Your card was declined. This transaction requires authentication.")
        case .requiresAuthentication:
            intent.status = .requiresAction
            intent.nextAction = nextAction(of: intent, returnURL: terms.returnURL)
            intents.update(intent, id: intent.id)
            emit("payment_intent.requires_action", json(intent))
            return json(intent)
        }
    }

    /// The customer has answered the bank's question, well or badly.
    mutating func authenticate(_ id: String, succeeds: Bool) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        guard intent.status == .requiresAction, let methodID = intent.paymentMethod,
            let method = paymentMethods[methodID]
        else { throw unexpectedState("authenticate", intent) }
        intent.nextAction = nil
        guard !succeeds else { return authorize(&intent, method) }
        return fail(
            &intent, method, code: "payment_intent_authentication_failure",
            message: "The provided PaymentMethod has failed authentication.")
    }

    /// The customer has answered, and the bank will: nothing is decided.
    mutating func process(_ id: String) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        guard intent.status == .requiresAction else { throw unexpectedState("process", intent) }
        intent.nextAction = nil
        intent.status = .processing
        intents.update(intent, id: id)
        emit("payment_intent.processing", json(intent))
        return json(intent)
    }

    /// The bank has decided about what was processing.
    mutating func settle(intent id: String, succeeds: Bool) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        guard intent.status == .processing, let methodID = intent.paymentMethod, let method = paymentMethods[methodID]
        else { throw unexpectedState("settle", intent) }
        guard !succeeds else { return authorize(&intent, method) }
        return fail(
            &intent, method, code: "payment_intent_payment_attempt_failed", message: "The payment attempt failed.")
    }

    /// An attempt has failed before there was a charge.
    private mutating func fail(
        _ intent: inout SimulatedIntent, _ method: SimulatedPaymentMethod, code: String, message: String
    ) -> JSONValue {
        intent.status = .requiresPaymentMethod
        intent.paymentMethod = nil
        intent.lastPaymentError = [
            "type": "invalid_request_error", "code": .string(code), "message": .string(message),
            "payment_method": json(method),
        ]
        intents.update(intent, id: intent.id)
        emit("payment_intent.payment_failed", json(intent))
        return json(intent)
    }

    mutating func captureIntent(_ id: String, amount: Int64?) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        guard intent.status == .requiresCapture, let chargeID = intent.latestCharge, var charge = charges[chargeID]
        else { throw unexpectedState("capture", intent) }
        let amount = amount ?? intent.amountCapturable
        guard amount >= 1, amount <= intent.amountCapturable else {
            throw .invalid(
                "The amount to capture is greater than the amount that can be captured.", code: "amount_too_large",
                param: "amount_to_capture")
        }
        try AmountRules.checkScale(amount, currency: intent.currency, param: "amount_to_capture")
        let before = json(charge)
        charge.captured = true
        charge.amountCaptured = amount
        charges.update(charge, id: chargeID)
        intent.status = .succeeded
        intent.amountCapturable = 0
        intent.amountReceived = amount
        intents.update(intent, id: id)
        emit("charge.captured", json(charge), previous: before)
        emit("payment_intent.succeeded", json(intent))
        return json(intent)
    }

    mutating func cancelIntent(_ id: String, reason: String?) throws(StripeFailure) -> JSONValue {
        var intent = try intent(id)
        switch intent.status {
        case .canceled, .succeeded: throw unexpectedState("cancel", intent)
        case .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing, .requiresCapture: break
        }
        intent.markCanceled(reason: reason, at: seconds)
        intents.update(intent, id: id)
        emit("payment_intent.canceled", json(intent))
        return json(intent)
    }

    /// Seven days have passed; nothing happens when it was captured or canceled in time.
    mutating func expire(_ id: String) {
        guard var intent = intents[id], intent.status == .requiresCapture else { return }
        if let chargeID = intent.latestCharge, let charge = charges[chargeID] { emit("charge.expired", json(charge)) }
        intent.markCanceled(reason: "automatic", at: seconds)
        intents.update(intent, id: id)
        emit("payment_intent.canceled", json(intent))
    }

    func intent(_ id: String, param: String = "intent", inBody: Bool = false) throws(StripeFailure) -> SimulatedIntent {
        guard let intent = intents[id] else {
            throw .missing("payment_intent", id, param: param, inBody: inBody)
        }
        return intent
    }

    /// A state error, which carries the intent.
    func unexpectedState(_ verb: String, _ intent: SimulatedIntent) -> StripeFailure {
        var failure = StripeFailure.invalid(
            "You cannot \(verb) this PaymentIntent because it has a status of \(intent.status.rawValue).",
            code: "payment_intent_unexpected_state")
        failure.members["payment_intent"] = json(intent)
        return failure
    }

    /// The card says yes: a charge, captured at once or held.
    private mutating func authorize(_ intent: inout SimulatedIntent, _ method: SimulatedPaymentMethod) -> JSONValue {
        let manual = intent.captureMethod == "manual"
        var charge = newCharge(intent, method, paid: true)
        charge.captured = !manual
        charge.amountCaptured = manual ? 0 : intent.amount
        charges.insert(charge, id: charge.id)
        intent.latestCharge = charge.id
        intent.status = manual ? .requiresCapture : .succeeded
        intent.amountCapturable = manual ? intent.amount : 0
        intent.amountReceived = manual ? 0 : intent.amount
        intents.update(intent, id: intent.id)
        consume(method, by: intent)
        emit("charge.succeeded", json(charge))
        emit(manual ? "payment_intent.amount_capturable_updated" : "payment_intent.succeeded", json(intent))
        if manual { authorizations.push(intent.id, due: now + Self.authorizationMilliseconds) }
        return json(intent)
    }

    /// The card says no: a failed charge, and an intent that waits for another method.
    private mutating func decline(
        _ intent: inout SimulatedIntent, _ method: SimulatedPaymentMethod, code: String, declineCode: String?,
        message: String
    ) -> StripeFailure {
        var charge = newCharge(intent, method, paid: false)
        charge.failureCode = code
        charge.failureMessage = message
        charges.insert(charge, id: charge.id)
        var error: [String: JSONValue] = [
            "type": "card_error", "code": .string(code), "message": .string(message), "charge": .string(charge.id),
            "doc_url": .string("https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))"),
            "payment_method": json(method),
        ]
        if let declineCode { error["decline_code"] = .string(declineCode) }
        intent.status = .requiresPaymentMethod
        intent.paymentMethod = nil
        intent.latestCharge = charge.id
        intent.lastPaymentError = .object(error)
        intents.update(intent, id: intent.id)
        emit("charge.failed", json(charge))
        emit("payment_intent.payment_failed", json(intent))
        error["payment_intent"] = json(intent)
        return StripeFailure(status: 402, type: "card_error", code: code, message: message, members: error)
    }

    private mutating func newCharge(
        _ intent: SimulatedIntent, _ method: SimulatedPaymentMethod, paid: Bool
    ) -> SimulatedCharge {
        SimulatedCharge(
            id: random.identifier("ch"), created: seconds, amount: intent.amount, currency: intent.currency,
            intent: intent.id, customer: intent.customer, paymentMethod: method.id, card: method.card, paid: paid,
            description: intent.description, receiptEmail: intent.receiptEmail, metadata: intent.metadata)
    }

    private mutating func nextAction(of intent: SimulatedIntent, returnURL: String?) -> JSONValue {
        let url = JSONValue.string("https://hooks.stripe.com/3d_secure_2/\(random.identifier("tdsrc"))")
        guard let returnURL else {
            return ["type": "use_stripe_sdk", "use_stripe_sdk": ["type": "three_d_secure_redirect", "stripe_js": url]]
        }
        return ["type": "redirect_to_url", "redirect_to_url": ["url": url, "return_url": .string(returnURL)]]
    }

    private func checkReturnURL(_ intent: SimulatedIntent, _ terms: ConfirmationTerms) throws(StripeFailure) {
        guard intent.redirectsAllowed, !terms.offSession, terms.returnURL == nil else { return }
        throw .invalid(
            "This PaymentIntent accepts payment methods that might redirect your customer off of your page: provide a "
                + "`return_url`, or set `automatic_payment_methods[allow_redirects]` to `never`.", param: "return_url")
    }

    private static func lacksPaymentMethod(_ intent: JSONValue?) -> StripeFailure {
        var failure = StripeFailure.invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code: "payment_intent_unexpected_state")
        failure.members["payment_intent"] = intent
        return failure
    }
}

extension SimulatedIntent {
    /// Nothing of it can be captured any more.
    fileprivate mutating func markCanceled(reason: String?, at seconds: Int64) {
        status = .canceled
        cancellationReason = reason
        canceledAt = seconds
        amountCapturable = 0
        nextAction = nil
    }
}
