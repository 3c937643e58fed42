import RemitDomain
import RemitStorage

extension Scene {
    /// Phase 1 of a charge: the attempt is counted, the call prepared and saved.
    ///
    /// The guards have passed.
    func charge(
        _ before: Payment, _ terms: ChargeTerms, _ request: VerbRequest, isNew: Bool, _ tx: borrowing Transaction
    ) throws(StorageError) -> Phase1 {
        var payment = before
        payment.paymentMethod = terms.paymentMethod
        payment.captureMethod = terms.captureMethod
        // A live payment intent is confirmed again; a new one is made only where there is none, or the old one ended.
        let confirms = payment.stripePaymentID != nil && !payment.stage.isFinal
        let intent: ProcessorIntent = confirms ? .confirm(payment, terms: terms) : .charge(payment, terms: terms)
        let call: PreparedCall
        switch prepare(intent, request, attempt: payment.attempt + 1) {
        case .passed(let prepared): call = prepared
        case .refused(let error): return .refused(error)
        }
        let change = payment.beginAttempt(by: request.operation, now: now, inCreation: isNew)
        if !confirms {
            payment.account = call.account
            payment.livemode = call.livemode
        }
        let news = News.call(request.method, by: request.requester.principal, request.operation)
        _ = try save(payment, change, news, isNew: isNew, tx)
        let operation = operation(request, entity: payment.id.text, payment: payment.id, sending: call)
        try tx.insert(operation)
        return .sends(operation, version: payment.version)
    }
}
