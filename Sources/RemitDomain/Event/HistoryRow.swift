/// One thing that was learned of a payment, applied or not.
package struct HistoryRow: Hashable, Sendable {
    package var payment: PaymentID
    /// Whether it is the payment's first row.
    package var isNew: Bool
    package var source: HistorySource
    /// What arrived, in short: the verb or the event type.
    package var update: String
    package var applied: Bool
    /// Why it was ignored, refetched or held; empty when applied.
    package var reason: String
    package var fromStage: PaymentStage
    package var toStage: PaymentStage
    package var actor: String
    package var stripeEventID: String?
    package var operation: OperationID?
    package var at: Timestamp

    package init(
        payment: PaymentID, isNew: Bool = false, source: HistorySource, update: String, applied: Bool,
        reason: String = "", fromStage: PaymentStage, toStage: PaymentStage, actor: String,
        stripeEventID: String? = nil, operation: OperationID? = nil, at: Timestamp
    ) {
        self.payment = payment
        self.isNew = isNew
        self.source = source
        self.update = update
        self.applied = applied
        self.reason = reason
        self.fromStage = fromStage
        self.toStage = toStage
        self.actor = actor
        self.stripeEventID = stripeEventID
        self.operation = operation
        self.at = at
    }
}

/// Where a history row's news came from.
package enum HistorySource: Int64, Hashable, Sendable {
    case rpc = 1
    case webhook, refetch, reconcile, admin
}
