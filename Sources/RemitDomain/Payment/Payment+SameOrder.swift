/// What a Process call means when its order already has a payment.
package enum OnSameOrder: Hashable, Sendable {
    /// An operation for it is open: share its answer.
    case join
    /// Run it: it is New, or it failed and this is the next attempt. `reprice`: take the request's amount first.
    case run(reprice: Bool)
    /// Nothing is to be done: answer with the payment as it is.
    case reply
    case refuse(PaymentError)
}

extension Payment {
    /// Judges a Process call, with a key that is new, whose order this payment carries.
    package func onSameOrder(amount asked: Money, customer: CustomerID?, hasOpenOperation: Bool) -> OnSameOrder {
        if deletedAt != nil { return .refuse(.paymentDeleted) }
        if let hold { return .refuse(.onHold(hold)) }
        let isOpen = hasOpenOperation || openCharge != nil || stage == .unknown
        if customer != self.customer { return .refuse(.orderMismatch(field: "customer_id")) }
        let reprice = asked != amount
        if reprice, isOpen || !mayReprice {
            let field = asked.currency == amount.currency ? "amount" : "currency"
            return .refuse(.orderMismatch(field: field))
        }
        if isOpen { return .join }
        guard stage == .new || stage.isPubliclyFailed else { return .reply }
        if let refusal = refusal(of: .process, hasOpenOperation: false) { return .refuse(refusal) }
        return .run(reprice: reprice)
    }

    /// Whether amount and currency may change: nothing at the processor carries them, and nothing is under way.
    package var mayReprice: Bool {
        stripePaymentID == nil && openCharge == nil && (stage == .new || stage == .error)
    }
}
