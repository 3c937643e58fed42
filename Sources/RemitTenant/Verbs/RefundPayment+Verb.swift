package import RemitDomain
package import RemitStorage

extension RefundPayment: Verb {
    package static var method: OperationMethod { .refundPayment }

    package func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        let payment: Payment
        let reserved: Int64
        let news = News.call(.refundPayment, by: request.requester.principal, request.operation)
        switch try scene.payment(self.payment, expecting: expectedVersion, request, tx) {
        case .refused(let error): return .refused(error)
        case .locked: return .waits(self.payment)
        case .free(let found, let hasOpenOperation):
            reserved = try tx.refundSums(of: found.id).held
            let verb = PaymentVerb.refund(amount: amount, reserved: reserved)
            if let refusal = found.refusal(of: verb, hasOpenOperation: hasOpenOperation) {
                if refusal.isCallersMistake {
                    try scene.note(found, from: found.stage, news, reason: refusal.message, tx)
                }
                return .refused(refusal)
            }
            payment = found
        }
        let wanted = payment.refundAmount(asked: amount, reserved: reserved)
        var refund = Refund(
            id: scene.ids.next(at: scene.now), payment: payment.id,
            amount: Money(minorUnits: wanted, currency: payment.amount.currency), createdAt: scene.now,
            createdBy: request.requester.principal)
        refund.reason = reason
        let created = RefundChange(event: .refundCreated, from: .requested, to: .requested)
        if payment.stripePaymentID == nil {
            _ = try scene.save(refund, created, news, isNew: true, tx)
            let change = refund.succeedLocally(now: scene.now)
            let saved = try scene.save(refund, change, news, tx)
            return .done(
                message: saved.message, sequence: saved.sequence, entity: refund.id.text, payment: payment.id,
                nextActionURL: nil)
        }
        refund.account = payment.account
        switch scene.prepare(.refund(refund, of: payment), request, attempt: 1) {
        case .refused(let error): return .refused(error)
        case .passed(let call):
            _ = try scene.save(refund, created, news, isNew: true, tx)
            let operation = scene.operation(request, entity: refund.id.text, payment: payment.id, sending: call)
            try tx.insert(operation)
            return .sends(operation, version: refund.version)
        }
    }
}
