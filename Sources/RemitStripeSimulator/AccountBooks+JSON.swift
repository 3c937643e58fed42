import RemitStripe

/// Objects as Stripe shows them, with all that it shows: what is secret must be seen to be removed.
extension AccountBooks {
    func json(_ customer: SimulatedCustomer) -> JSONValue {
        if customer.deleted { return ["id": .string(customer.id), "object": "customer", "deleted": true] }
        return [
            "id": .string(customer.id), "object": "customer", "address": nil, "balance": 0,
            "created": .integer(customer.created), "currency": nil, "default_source": nil, "delinquent": false,
            "description": .optional(customer.description), "discount": nil, "email": .optional(customer.email),
            "invoice_prefix": .string(String(customer.id.suffix(8)).uppercased()),
            "invoice_settings": [
                "custom_fields": nil, "default_payment_method": nil, "footer": nil, "rendering_options": nil,
            ],
            "livemode": .bool(livemode), "metadata": json(customer.metadata), "name": .optional(customer.name),
            "next_invoice_sequence": 1, "phone": .optional(customer.phone), "preferred_locales": [],
            "shipping": nil, "tax_exempt": "none", "test_clock": nil,
        ]
    }

    func json(_ method: SimulatedPaymentMethod) -> JSONValue {
        [
            "id": .string(method.id), "object": "payment_method", "allow_redisplay": "unspecified",
            "billing_details": Self.billingDetails, "card": json(method.card), "created": .integer(method.created),
            "customer": .optional(method.customer), "livemode": .bool(livemode), "metadata": json(method.metadata),
            "type": "card",
        ]
    }

    func json(_ intent: SimulatedIntent) -> JSONValue {
        [
            "id": .string(intent.id), "object": "payment_intent", "amount": .integer(intent.amount),
            "amount_capturable": .integer(intent.amountCapturable), "amount_details": ["tip": [:]],
            "amount_received": .integer(intent.amountReceived), "application": nil, "application_fee_amount": nil,
            "automatic_payment_methods": [
                "allow_redirects": .string(intent.redirectsAllowed ? "always" : "never"), "enabled": true,
            ],
            "canceled_at": .optional(intent.canceledAt), "cancellation_reason": .optional(intent.cancellationReason),
            "capture_method": .string(intent.captureMethod), "client_secret": .string(intent.clientSecret),
            "confirmation_method": "automatic", "created": .integer(intent.created),
            "currency": .string(intent.currency), "customer": .optional(intent.customer),
            "description": .optional(intent.description), "last_payment_error": intent.lastPaymentError,
            "latest_charge": .optional(intent.latestCharge), "livemode": .bool(livemode),
            "metadata": json(intent.metadata), "next_action": intent.nextAction, "on_behalf_of": nil,
            "payment_method": .optional(intent.paymentMethod), "payment_method_configuration_details": nil,
            "payment_method_options": ["card": ["request_three_d_secure": "automatic"]],
            "payment_method_types": ["card"], "processing": nil, "receipt_email": .optional(intent.receiptEmail),
            "review": nil, "setup_future_usage": .optional(intent.setupFutureUsage), "shipping": nil,
            "source": nil, "statement_descriptor": nil, "statement_descriptor_suffix": nil,
            "status": .string(intent.status.rawValue), "transfer_data": nil, "transfer_group": nil,
        ]
    }

    func json(_ charge: SimulatedCharge) -> JSONValue {
        [
            "id": .string(charge.id), "object": "charge", "amount": .integer(charge.amount),
            "amount_captured": .integer(charge.amountCaptured), "amount_refunded": .integer(charge.amountRefunded),
            "application": nil, "application_fee": nil, "application_fee_amount": nil, "balance_transaction": nil,
            "billing_details": Self.billingDetails, "calculated_statement_descriptor": "SIMULATOR",
            "captured": .bool(charge.captured), "created": .integer(charge.created),
            "currency": .string(charge.currency), "customer": .optional(charge.customer),
            "description": .optional(charge.description), "disputed": false,
            "failure_balance_transaction": nil, "failure_code": .optional(charge.failureCode),
            "failure_message": .optional(charge.failureMessage), "fraud_details": [:], "livemode": .bool(livemode),
            "metadata": json(charge.metadata), "on_behalf_of": nil, "outcome": outcome(of: charge),
            "paid": .bool(charge.paid), "payment_intent": .string(charge.intent),
            "payment_method": .string(charge.paymentMethod),
            "payment_method_details": ["card": json(charge.card), "type": "card"],
            "receipt_email": .optional(charge.receiptEmail), "receipt_number": nil, "receipt_url": nil,
            "refunded": .bool(charge.amountCaptured > 0 && charge.amountRefunded == charge.amountCaptured),
            "review": nil, "shipping": nil, "source_transfer": nil, "statement_descriptor": nil,
            "statement_descriptor_suffix": nil, "status": .string(charge.paid ? "succeeded" : "failed"),
            "transfer_data": nil, "transfer_group": nil,
        ]
    }

    func json(_ refund: SimulatedRefund) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(refund.id), "object": "refund", "amount": .integer(refund.amount),
            "balance_transaction": nil, "charge": .string(refund.charge), "created": .integer(refund.created),
            "currency": .string(refund.currency),
            "destination_details": ["card": ["type": "refund"], "type": "card"],
            "metadata": json(refund.metadata), "payment_intent": .string(refund.intent),
            "reason": .optional(refund.reason), "receipt_number": nil, "source_transfer_reversal": nil,
            "status": .string(refund.status.rawValue), "transfer_reversal": nil,
        ]
        if let reason = refund.failureReason { members["failure_reason"] = .string(reason) }
        return .object(members)
    }

    /// The account itself.
    var accountJSON: JSONValue {
        [
            "id": .string(id), "object": "account", "business_type": "company",
            "capabilities": ["card_payments": "active"],
            "charges_enabled": true, "country": "US", "default_currency": "usd", "details_submitted": true,
            "email": "owner@example.com", "metadata": [:], "payouts_enabled": true, "type": "standard",
        ]
    }

    private func json(_ metadata: [String: String]) -> JSONValue { .object(metadata.mapValues(JSONValue.string)) }

    private func json(_ card: TestCard) -> JSONValue {
        [
            "brand": .string(card.brand),
            "checks": [
                "address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": "pass",
            ],
            "country": "US", "exp_month": 12, "exp_year": 2040, "fingerprint": .string("fp\(card.last4)"),
            "funding": "credit", "last4": .string(card.last4), "network": .string(card.brand), "wallet": nil,
        ]
    }

    private func outcome(of charge: SimulatedCharge) -> JSONValue {
        [
            "network_status": .string(charge.paid ? "approved_by_network" : "declined_by_network"),
            "reason": charge.paid ? nil : .optional(charge.failureCode), "risk_level": "normal",
            "seller_message": .string(charge.paid ? "Payment complete." : "The bank declined the payment."),
            "type": .string(charge.paid ? "authorized" : "issuer_declined"),
        ]
    }

    /// Somebody's name and address, as every card charge carries them.
    private static let billingDetails: JSONValue = [
        "address": [
            "city": "Springfield", "country": "US", "line1": "1 Billing Street", "line2": nil, "postal_code": "42424",
            "state": nil,
        ],
        "email": "cardholder@example.com", "name": "Jenny Cardholder", "phone": nil, "tax_id": nil,
    ]
}
