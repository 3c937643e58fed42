package import RemitDomain
package import RemitStorage

extension ExecutePayment: Verb {
    package static var method: OperationMethod { .executePayment }

    package var defaultKey: String? { "payment:\(payment.text)" }

    package func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        let payment: Payment
        switch try scene.payment(self.payment, expecting: expectedVersion, request, tx) {
        case .refused(let error): return .refused(error)
        case .locked: return .waits(self.payment)
        case .free(let found, let hasOpenOperation):
            if let refusal = found.refusal(of: .execute, hasOpenOperation: hasOpenOperation) {
                return .refused(refusal)
            }
            payment = found
        }
        guard let method = paymentMethod ?? payment.paymentMethod else {
            return .refused(.invalid("payment_method", "Name a payment method: the payment has none of its own."))
        }
        let payer: Payer?
        switch try scene.payer(payment.customer, tx) {
        case .passed(let found): payer = found
        case .refused(let error): return .refused(error)
        }
        let terms = ChargeTerms(
            paymentMethod: method, stripeCustomerID: payer?.stripeCustomerID, returnURL: returnURL,
            offSession: offSession, captureMethod: captureMethod ?? payment.captureMethod)
        return try scene.charge(payment, terms, request, isNew: false, tx)
    }
}
