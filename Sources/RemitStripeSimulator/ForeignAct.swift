import RemitStripe

/// Something done at Stripe by others than Remit: on its dashboard, or by the customer.
///
/// Amounts in Stripe's scale.
package enum ForeignAct: Hashable, Sendable {
    /// With a `returnURL`, the customer is there and may be asked; without one, nobody is.
    case confirm(intent: String, paymentMethod: String, returnURL: String? = nil)
    /// The customer answers the bank's question.
    case authenticate(intent: String, succeeds: Bool)
    /// The customer has answered, and the bank takes its time.
    case process(intent: String)
    /// The bank has decided about what is processing.
    case settle(intent: String, succeeds: Bool)
    /// Nil captures all that can be captured.
    case capture(intent: String, amount: Int64?)
    case cancel(intent: String)
    /// Nil refunds all that is left.
    case refund(intent: String, amount: Int64?)
    case failRefund(String)
    case deleteCustomer(String)

    func perform(on books: inout AccountBooks) throws(StripeFailure) -> JSONValue {
        books.cause = AccountBooks.Cause(requestID: books.random.identifier("req"), idempotencyKey: nil)
        defer { books.cause = AccountBooks.Cause() }
        switch self {
        case .confirm(let intent, let method, let returnURL):
            var terms = ConfirmationTerms(paymentMethod: method)
            terms.returnURL = returnURL
            terms.offSession = returnURL == nil
            return try books.confirmIntent(intent, terms)
        case .authenticate(let intent, let succeeds):
            return try books.authenticate(intent, succeeds: succeeds)
        case .process(let intent):
            return try books.process(intent)
        case .settle(let intent, let succeeds):
            return try books.settle(intent: intent, succeeds: succeeds)
        case .capture(let intent, let amount):
            return try books.captureIntent(intent, amount: amount)
        case .cancel(let intent):
            return try books.cancelIntent(intent, reason: "requested_by_customer")
        case .refund(let intent, let amount):
            return try books.createRefund(
                AccountBooks.RefundTerms(intent: intent, amount: amount, reason: "requested_by_customer", metadata: [:])
            )
        case .failRefund(let id):
            let refund = try books.refund(id)
            guard refund.status == .succeeded || refund.status == .pending else {
                throw .invalid("Refund \(id) has already ended.")
            }
            books.fail(refund)
            return books.json(try books.refund(id))
        case .deleteCustomer(let id):
            return try books.deleteCustomer(id)
        }
    }
}
