import RemitDomain

/// Writes what the tenant wants as a request of Stripe's API.
struct StripeCallWriter {
    var identity: CallIdentity
    var preparedAt: Timestamp

    func request(for intent: ProcessorIntent) throws(NotSent) -> StripeRequest {
        switch intent {
        case .createCustomer(let customer): createCustomer(customer)
        case .charge(let payment, let terms): try charge(payment, terms)
        case .confirm(let payment, let terms): try confirm(payment, terms)
        case .capture(let payment, let amount): try capture(payment, amount)
        case .cancel(let payment): try post("cancel", payment, Form())
        case .refund(let refund, let payment): try self.refund(refund, payment)
        }
    }

    private func createCustomer(_ customer: Customer) -> StripeRequest {
        var form = Form()
        form.add("name", customer.name.isEmpty ? nil : customer.name)
        form.add("email", customer.email.isEmpty ? nil : customer.email)
        addMetadata(to: &form, entity: customer.id.text, orderID: nil)
        return StripeRequest(method: .post, path: "/v1/customers", form: form, preparedAt: preparedAt)
    }

    private func charge(_ payment: Payment, _ terms: ChargeTerms) throws(NotSent) -> StripeRequest {
        var form = Form()
        form.add("amount", try stripeAmount(payment.amount))
        form.add("currency", payment.amount.currency.code)
        form.add("customer", terms.stripeCustomerID)
        form.add("payment_method", terms.paymentMethod)
        form.add("capture_method", terms.captureMethod == .manual ? "manual" : "automatic")
        form.add("confirm", true)
        if terms.offSession { form.add("off_session", true) }
        form.add("automatic_payment_methods[enabled]", true)
        if let returnURL = terms.returnURL {
            form.add("return_url", returnURL)
        } else {
            // Without a page to return to, methods that redirect would be refused when confirmed.
            form.add("automatic_payment_methods[allow_redirects]", "never")
        }
        form.add("description", payment.description)
        addMetadata(to: &form, entity: payment.id.text, orderID: payment.orderID)
        return StripeRequest(method: .post, path: "/v1/payment_intents", form: form, preparedAt: preparedAt)
    }

    private func confirm(_ payment: Payment, _ terms: ChargeTerms) throws(NotSent) -> StripeRequest {
        var form = Form()
        form.add("payment_method", terms.paymentMethod)
        if terms.offSession { form.add("off_session", true) }
        form.add("return_url", terms.returnURL)
        return try post("confirm", payment, form)
    }

    private func capture(_ payment: Payment, _ amount: Int64) throws(NotSent) -> StripeRequest {
        var form = Form()
        let money = Money(minorUnits: amount, currency: payment.amount.currency)
        form.add("amount_to_capture", try stripeAmount(money))
        return try post("capture", payment, form)
    }

    private func refund(_ refund: Refund, _ payment: Payment) throws(NotSent) -> StripeRequest {
        var form = Form()
        form.add("payment_intent", try intentID(of: payment))
        form.add("amount", try stripeAmount(refund.amount))
        switch refund.reason {
        case .none: break
        case .duplicate: form.add("reason", "duplicate")
        case .fraudulent: form.add("reason", "fraudulent")
        case .requestedByCustomer: form.add("reason", "requested_by_customer")
        }
        addMetadata(to: &form, entity: refund.id.text, orderID: payment.orderID)
        return StripeRequest(method: .post, path: "/v1/refunds", form: form, preparedAt: preparedAt)
    }

    /// A call about the payment's existing intent; such calls take no metadata, or would overwrite the intent's.
    private func post(_ verb: String, _ payment: Payment, _ form: Form) throws(NotSent) -> StripeRequest {
        StripeRequest(
            method: .post, path: "/v1/payment_intents/\(try intentID(of: payment))/\(verb)", form: form,
            preparedAt: preparedAt, prior: StripeRequest.state(stage: payment.stage, charge: payment.stripeChargeID))
    }

    private func intentID(of payment: Payment) throws(NotSent) -> String {
        guard let id = payment.stripePaymentID, StripePath.isID(id) else {
            throw .invalid(field: "payment", message: "The payment has no payment intent at Stripe.")
        }
        return id
    }

    private func stripeAmount(_ money: Money) throws(NotSent) -> Int64 {
        do {
            return try StripeScale.stripeAmount(of: money)
        } catch {
            throw .invalid(field: "amount", message: error.message)
        }
    }

    private func addMetadata(to form: inout Form, entity: String, orderID: String?) {
        form.add("metadata[remit_tenant]", identity.tenant.text)
        form.add("metadata[remit_id]", entity)
        form.add("metadata[remit_operation]", identity.operation.text)
        form.add("metadata[remit_key]", identity.keyDigest.isEmpty ? nil : identity.keyDigest)
        form.add("metadata[order_id]", orderID)
    }
}
