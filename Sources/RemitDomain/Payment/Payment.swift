/// One payment: its row, and the machine that moves it.
package struct Payment: Hashable, Sendable {
    package let id: PaymentID
    /// 1 when created, +1 per applied change.
    package var version: Int64 = 1
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package let createdBy: PrincipalID
    package var deletedAt: Timestamp?

    package var amount: Money
    package var stage: PaymentStage = .new
    /// The processor's payment method id.
    package var paymentMethod: String?
    package var customer: CustomerID?
    package var invoice: String?
    package var subscription: String?
    package var orderID: String?
    package var externalID: String?
    package var stripePaymentID: String?
    package var stripeChargeID: String?
    package var captureMethod: CaptureMethod = .automatic
    package var amountCapturable: Int64 = 0
    package var amountCaptured: Int64 = 0
    package var amountRefunded: Int64 = 0
    package var amountDisputed: Int64 = 0
    package var disputeStatus: PaymentDisputeStatus = .none
    package var disputeReason: String?
    package var failure: PaymentFailure?
    package var type: PaymentType = .oneTime
    /// Creates and confirms begun at the processor; resends aren't counted.
    package var attempt: Int = 0
    /// Why verbs are refused until an operator resolves it.
    package var hold: String?
    /// The processor's account that owns the payment intent.
    package var account: String?
    package var livemode = false
    package var metadata = Metadata()
    package var description: String?

    // Not part of the message: what the machine remembers.

    /// The newest thing known of the payment intent by the processor's own clock; orders events, not GETs.
    package var lastLearned: Timestamp?
    /// When anything was last learned of it, by our clock; a GET is sent at least 5 s after it.
    package var learnedAt: Timestamp?
    /// Whether our own cancel verb ended it; then its order isn't tried again.
    package var isCanceledHere = false
    /// The open operation that may charge it; while there is one, a payment that isn't final is publicly Pending.
    package var openCharge: OperationID?
    /// The operation that made the payment intent.
    package var intentOperation: OperationID?
    /// The amount that the open capture asked for; what a captured fact is expected to carry, else ``amount``.
    package var captureExpected: Int64?

    package init(id: PaymentID, amount: Money, createdAt: Timestamp, createdBy: PrincipalID) {
        self.id = id
        self.amount = amount
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.createdBy = createdBy
    }
}
