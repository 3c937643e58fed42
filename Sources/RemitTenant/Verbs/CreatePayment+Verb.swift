package import RemitDomain
package import RemitStorage

extension CreatePayment: Verb {
    package static var method: OperationMethod { .createPayment }

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
        if let orderID, try tx.hasPayment(order: orderID) {
            return .refused(.alreadyExists(.payment, field: "order_id"))
        }
        if let externalID, try tx.hasPayment(external: externalID) {
            return .refused(.alreadyExists(.payment, field: "external_id"))
        }
        let payment = payment(money, request, scene)
        let change = PaymentChange(event: .paymentCreated, from: .new, to: .new)
        let news = News.call(.createPayment, by: request.requester.principal, request.operation)
        let saved = try scene.save(payment, change, news, isNew: true, tx)
        return .done(
            message: saved.message, sequence: saved.sequence, entity: payment.id.text, payment: payment.id,
            nextActionURL: nil)
    }

    private func payment(_ money: Money, _ request: VerbRequest, _ scene: Scene) -> Payment {
        var payment = Payment(
            id: scene.ids.next(at: scene.now), amount: money, createdAt: scene.now,
            createdBy: request.requester.principal)
        payment.paymentMethod = paymentMethod
        payment.customer = customer
        payment.orderID = orderID
        payment.externalID = externalID
        payment.captureMethod = captureMethod
        payment.type = type
        payment.description = description
        payment.metadata = metadata
        return payment
    }
}
