/// What a test payment method does when it is charged and refunded: Stripe's published test cards.
struct TestCard: Hashable, Sendable {
    enum Charge: Hashable, Sendable {
        case succeeds
        case declines(code: String, declineCode: String?, message: String)
        /// Asks for 3D Secure; off session, where nobody can answer, declines.
        case requiresAuthentication
    }

    enum Refund: Hashable, Sendable {
        case succeeds
        /// Looks successful first and fails later.
        case failsLater
        case pendingThenSucceeds
    }

    var brand = "visa"
    var last4: String
    var charge: Charge
    var refund: Refund = .succeeds
    /// Declining cards can't be attached to a customer, but for the one that exists to be attached and to decline.
    var attaches: Bool

    init(
        _ last4: String, brand: String = "visa", charge: Charge = .succeeds, refund: Refund = .succeeds,
        attaches: Bool? = nil
    ) {
        self.last4 = last4
        self.brand = brand
        self.charge = charge
        self.refund = refund
        if case .declines = charge { self.attaches = attaches ?? false } else { self.attaches = true }
    }

    /// The card that a name such as `pm_card_visa` stands for; nil for names that the simulator doesn't know.
    static func named(_ name: String) -> TestCard? {
        guard name.hasPrefix("pm_card_") else { return nil }
        return byName[String(name.dropFirst("pm_card_".count)).replacing("visa_charge", with: "charge")]
    }

    private static func declined(_ declineCode: String, _ message: String = "Your card was declined.") -> Charge {
        .declines(code: "card_declined", declineCode: declineCode, message: message)
    }

    private static let byName: [String: TestCard] = [
        "visa": TestCard("4242"),
        "us": TestCard("4242"),
        "bypassPending": TestCard("0077"),
        "visa_debit": TestCard("5556"),
        "mastercard": TestCard("4444", brand: "mastercard"),
        "amex": TestCard("8431", brand: "amex"),
        "chargeDeclined": TestCard("0002", charge: declined("generic_decline")),
        "chargeDeclinedInsufficientFunds": TestCard(
            "9995", charge: declined("insufficient_funds", "Your card has insufficient funds.")),
        "chargeDeclinedLostCard": TestCard("9987", charge: declined("lost_card")),
        "chargeDeclinedStolenCard": TestCard("9979", charge: declined("stolen_card")),
        "chargeDeclinedFraudulent": TestCard("0019", charge: declined("fraudulent")),
        "chargeDeclinedExpiredCard": TestCard(
            "0069", charge: .declines(code: "expired_card", declineCode: nil, message: "Your card has expired.")),
        "chargeDeclinedIncorrectCvc": TestCard(
            "0127",
            charge: .declines(
                code: "incorrect_cvc", declineCode: nil, message: "Your card's security code is incorrect.")),
        "chargeDeclinedProcessingError": TestCard(
            "0119",
            charge: .declines(
                code: "processing_error", declineCode: nil,
                message: "An error occurred while processing your card. Try again in a little bit.")),
        "chargeCustomerFail": TestCard("0341", charge: declined("generic_decline"), attaches: true),
        "authenticationRequired": TestCard("3155", charge: .requiresAuthentication),
        "threeDSecureRequired": TestCard("3063", charge: .requiresAuthentication),
        "threeDSecure2Required": TestCard("3220", charge: .requiresAuthentication),
        "refundFail": TestCard("5126", refund: .failsLater),
        "pendingRefund": TestCard("7726", refund: .pendingThenSucceeds),
    ]
}
