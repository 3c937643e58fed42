import RemitStripe

/// A customer in the books.
struct SimulatedCustomer: Sendable {
    var id: String
    var created: Int64
    var name: String?
    var email: String?
    var phone: String?
    var description: String?
    var metadata: [String: String] = [:]
    var deleted = false
}

/// A payment method in the books: always a test card.
struct SimulatedPaymentMethod: Sendable {
    var id: String
    var created: Int64
    var card: TestCard
    var customer: String?
    /// Used without a customer, or detached: never usable again.
    var usedUp = false
    var metadata: [String: String] = [:]
}

/// A payment intent in the books; amounts in Stripe's scale.
struct SimulatedIntent: Sendable {
    enum Status: String, Sendable {
        case requiresPaymentMethod = "requires_payment_method"
        case requiresConfirmation = "requires_confirmation"
        case requiresAction = "requires_action"
        case processing
        case requiresCapture = "requires_capture"
        case canceled
        case succeeded
    }

    var id: String
    var created: Int64
    var clientSecret: String
    var amount: Int64
    var currency: String
    var customer: String?
    var paymentMethod: String?
    var captureMethod: String
    var status: Status = .requiresPaymentMethod
    var amountCapturable: Int64 = 0
    var amountReceived: Int64 = 0
    var latestCharge: String?
    var lastPaymentError: JSONValue = .null
    var nextAction: JSONValue = .null
    var cancellationReason: String?
    var canceledAt: Int64?
    var description: String?
    var receiptEmail: String?
    var setupFutureUsage: String?
    var redirectsAllowed: Bool
    var metadata: [String: String] = [:]

    /// Whether money is held or was taken, or may still be.
    var isLive: Bool { status != .canceled }
}

/// A charge in the books; amounts in Stripe's scale.
struct SimulatedCharge: Sendable {
    var id: String
    var created: Int64
    var amount: Int64
    var currency: String
    var intent: String
    var customer: String?
    var paymentMethod: String
    var card: TestCard
    var paid: Bool
    var captured = false
    var amountCaptured: Int64 = 0
    var amountRefunded: Int64 = 0
    var failureCode: String?
    var failureMessage: String?
    var description: String?
    var receiptEmail: String?
    var metadata: [String: String] = [:]
}

/// A refund in the books; the amount in Stripe's scale.
struct SimulatedRefund: Sendable {
    enum Status: String, Sendable {
        case pending, succeeded, failed, canceled
    }

    var id: String
    var created: Int64
    var amount: Int64
    var currency: String
    var charge: String
    var intent: String
    var status: Status
    var reason: String?
    var failureReason: String?
    var metadata: [String: String] = [:]
}

/// An event in the books: its body was written at the moment that it tells of.
struct SimulatedEvent: Sendable {
    var id: String
    var created: Int64
    var type: String
    var body: [UInt8]
}
