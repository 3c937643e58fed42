package import RemitDomain
package import RemitStorage

extension CapturePayment: Verb {
    package static var method: OperationMethod { .capturePayment }

    package func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1 {
        var payment: Payment
        let news = News.call(.capturePayment, by: request.requester.principal, request.operation)
        switch try scene.payment(self.payment, expecting: expectedVersion, request, tx) {
        case .refused(let error): return .refused(error)
        case .locked: return .waits(self.payment)
        case .free(let found, let hasOpenOperation):
            if let refusal = found.refusal(of: .capture(amount: amount), hasOpenOperation: hasOpenOperation) {
                if refusal.isCallersMistake {
                    try scene.note(found, from: found.stage, news, reason: refusal.message, tx)
                }
                return .refused(refusal)
            }
            payment = found
        }
        let wanted = payment.captureAmount(asked: amount)
        if payment.isLocal {
            let change = payment.captureLocally(wanted, now: scene.now)
            let saved = try scene.save(payment, change, news, tx)
            return .done(
                message: saved.message, sequence: saved.sequence, entity: payment.id.text, payment: payment.id,
                nextActionURL: nil)
        }
        switch scene.prepare(.capture(payment, amount: wanted), request, attempt: payment.attempt) {
        case .refused(let error): return .refused(error)
        case .passed(let call):
            payment.beginCapture(of: wanted)
            _ = try tx.update(payment)
            let operation = scene.operation(request, entity: payment.id.text, payment: payment.id, sending: call)
            try tx.insert(operation)
            return .sends(operation, version: payment.version)
        }
    }
}

extension PaymentError {
    /// An amount out of range: nothing happened, but the history tells that it was tried.
    var isCallersMistake: Bool { code == .invalidArgument && reason == "amount_out_of_range" }
}
