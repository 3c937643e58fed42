/// Something that the processor said of one of its objects.
package enum ProcessorFact: Hashable, Sendable {
    case payment(PaymentSnapshot)
    case charge(ChargeSnapshot)
    case refund(RefundSnapshot)
    case customer(CustomerSnapshot)
}

/// Whose object it is, as its metadata says; every field empty where the metadata has none.
package struct ObjectOrigin: Hashable, Sendable {
    /// `remit_tenant`.
    package var tenant: String
    /// `remit_id`: the payment, refund or customer here.
    package var entity: String
    /// `remit_operation`.
    package var operation: String
    /// `remit_key`.
    package var key: String
    /// `order_id`, or the older spelling `orderId`.
    package var orderID: String

    package init(
        tenant: String = "", entity: String = "", operation: String = "", key: String = "", orderID: String = ""
    ) {
        self.tenant = tenant
        self.entity = entity
        self.operation = operation
        self.key = key
        self.orderID = orderID
    }
}

/// A payment intent as the processor showed it, in minor units of ISO 4217.
package struct PaymentSnapshot: Hashable, Sendable {
    /// `pi_…`.
    package var stripePaymentID: String
    /// Its status on our ladder; never new, unknown, error or abandoned.
    package var stage: PaymentStage
    package var amount: Money
    package var amountCapturable: Int64
    /// Minor units captured (`amount_received`).
    package var amountCaptured: Int64
    package var latestChargeID: String?
    package var paymentMethod: String?
    package var captureMethod: CaptureMethod
    package var failure: PaymentFailure?
    /// `next_action.redirect_to_url.url`; shown to the caller, sealed, never in events, history or replies at rest.
    package var nextActionURL: String?
    package var livemode: Bool
    package var created: Timestamp
    package var origin: ObjectOrigin

    package init(
        stripePaymentID: String, stage: PaymentStage, amount: Money, amountCapturable: Int64 = 0,
        amountCaptured: Int64 = 0, latestChargeID: String? = nil, paymentMethod: String? = nil,
        captureMethod: CaptureMethod = .automatic, failure: PaymentFailure? = nil, nextActionURL: String? = nil,
        livemode: Bool = false, created: Timestamp, origin: ObjectOrigin = .init()
    ) {
        self.stripePaymentID = stripePaymentID
        self.stage = stage
        self.amount = amount
        self.amountCapturable = amountCapturable
        self.amountCaptured = amountCaptured
        self.latestChargeID = latestChargeID
        self.paymentMethod = paymentMethod
        self.captureMethod = captureMethod
        self.failure = failure
        self.nextActionURL = nextActionURL
        self.livemode = livemode
        self.created = created
        self.origin = origin
    }
}

/// A charge as the processor showed it, in minor units of ISO 4217.
package struct ChargeSnapshot: Hashable, Sendable {
    package var stripeChargeID: String
    package var stripePaymentID: String?
    package var amount: Money
    package var amountCaptured: Int64
    package var amountRefunded: Int64
    package var captured: Bool
    package var livemode: Bool
    package var created: Timestamp
    package var origin: ObjectOrigin

    package init(
        stripeChargeID: String, stripePaymentID: String?, amount: Money, amountCaptured: Int64, amountRefunded: Int64,
        captured: Bool, livemode: Bool = false, created: Timestamp, origin: ObjectOrigin = .init()
    ) {
        self.stripeChargeID = stripeChargeID
        self.stripePaymentID = stripePaymentID
        self.amount = amount
        self.amountCaptured = amountCaptured
        self.amountRefunded = amountRefunded
        self.captured = captured
        self.livemode = livemode
        self.created = created
        self.origin = origin
    }
}

/// A refund as the processor showed it, in minor units of ISO 4217.
package struct RefundSnapshot: Hashable, Sendable {
    package var stripeRefundID: String
    package var stripePaymentID: String?
    package var stripeChargeID: String?
    package var amount: Money
    /// Pending, requiresAction, succeeded, failed or canceled.
    package var status: RefundStatus
    package var reason: RefundReason
    /// The raw reason, such as `expired_uncaptured_charge`, which books a released authorization.
    package var rawReason: String
    package var failureReason: String?
    package var created: Timestamp
    package var origin: ObjectOrigin

    package init(
        stripeRefundID: String, stripePaymentID: String?, stripeChargeID: String?, amount: Money, status: RefundStatus,
        reason: RefundReason = .none, rawReason: String = "", failureReason: String? = nil, created: Timestamp,
        origin: ObjectOrigin = .init()
    ) {
        self.stripeRefundID = stripeRefundID
        self.stripePaymentID = stripePaymentID
        self.stripeChargeID = stripeChargeID
        self.amount = amount
        self.status = status
        self.reason = reason
        self.rawReason = rawReason
        self.failureReason = failureReason
        self.created = created
        self.origin = origin
    }
}

/// A customer as the processor showed it.
package struct CustomerSnapshot: Hashable, Sendable {
    package var stripeCustomerID: String
    package var deleted: Bool
    package var livemode: Bool
    package var origin: ObjectOrigin

    package init(
        stripeCustomerID: String, deleted: Bool = false, livemode: Bool = false, origin: ObjectOrigin = .init()
    ) {
        self.stripeCustomerID = stripeCustomerID
        self.deleted = deleted
        self.livemode = livemode
        self.origin = origin
    }
}

/// A webhook as it came, read once.
package struct ReceivedWebhook: Hashable, Sendable {
    /// As it was sent and signed.
    package let body: [UInt8]
    package let event: ProcessorEvent
    /// The body without client secrets, billing details and next actions: what may be stored.
    package let redacted: [UInt8]

    package init(body: [UInt8], event: ProcessorEvent, redacted: [UInt8]) {
        self.body = body
        self.event = event
        self.redacted = redacted
    }
}

/// A webhook's event.
package struct ProcessorEvent: Hashable, Sendable {
    /// `evt_…`.
    package var id: String
    /// Such as `payment_intent.succeeded`.
    package var type: String
    /// Whole seconds.
    package var created: Timestamp
    package var livemode: Bool
    /// The connected account, where the endpoint serves many.
    package var account: String?
    /// The idempotency key of the request that caused it, where one did.
    package var attemptKey: String?
    /// The object; nil for types that Remit doesn't read.
    package var fact: ProcessorFact?

    package init(
        id: String, type: String, created: Timestamp, livemode: Bool, account: String? = nil,
        attemptKey: String? = nil, fact: ProcessorFact?
    ) {
        self.id = id
        self.type = type
        self.created = created
        self.livemode = livemode
        self.account = account
        self.attemptKey = attemptKey
        self.fact = fact
    }
}
