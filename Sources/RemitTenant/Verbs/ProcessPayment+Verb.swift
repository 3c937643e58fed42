package import RemitDomain
package import RemitStorage

extension ProcessPayment: Verb {
    package static var method: OperationMethod { .processPayment }

    package var defaultKey: String? { "order:\(orderID)" }

    package func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        let payer: Payer?
        switch try scene.payer(customer, tx) {
        case .passed(let found): payer = found
        case .refused(let error): return .refused(error)
        }
        let money: Money
        switch scene.currency(currency, payer) {
        case .passed(let currency): money = Money(minorUnits: amount, currency: currency)
        case .refused(let error): return .refused(error)
        }
        let terms = ChargeTerms(
            paymentMethod: paymentMethod, stripeCustomerID: payer?.stripeCustomerID, returnURL: returnURL,
            offSession: offSession, captureMethod: captureMethod)
        guard let payment = try tx.payment(order: orderID) else {
            return try scene.charge(newPayment(money, request, scene), terms, request, isNew: true, tx)
        }
        return try again(payment, money, terms, request, scene, tx)
    }

    /// The order has a payment already.
    private func again(
        _ before: Payment, _ money: Money, _ terms: ChargeTerms, _ request: VerbRequest, _ scene: Scene,
        _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        let charges = try tx.openOperations(of: before.id).filter { $0.method.isCharge }
        switch before.onSameOrder(amount: money, customer: customer, hasOpenOperation: !charges.isEmpty) {
        case .join:
            guard let leader = charges.first else { return .refused(.operationOpen) }
            return .joins(leader)
        case .run(let reprice):
            if request.hasWaiters(before.id), !request.isHead { return .waits(before.id) }
            var payment = before
            if reprice { _ = payment.reprice(money, now: scene.now) }
            return try scene.charge(payment, terms, request, isNew: false, tx)
        case .reply:
            return try scene.current(before, tx)
        case .refuse(let error):
            return .refused(error)
        }
    }

    private func newPayment(_ money: Money, _ request: VerbRequest, _ scene: Scene) -> Payment {
        var payment = Payment(
            id: scene.ids.next(at: scene.now), amount: money, createdAt: scene.now,
            createdBy: request.requester.principal)
        payment.customer = customer
        payment.orderID = orderID
        payment.type = type
        payment.description = description
        payment.metadata = metadata
        return payment
    }
}
