import RemitDomain
import RemitStorage

// What several verbs ask before they write.

/// A refusal found on the way; verbs catch it and answer with it.
enum Guarded<Value> {
    case passed(Value)
    case refused(PaymentError)
}

extension Scene {
    /// The customer that a request names, visible and not deleted; nil when it names none.
    func payer(_ id: CustomerID?, _ tx: borrowing Transaction) throws(StorageError) -> Guarded<Payer?> {
        guard let id else { return .passed(nil) }
        guard let payer = try tx.payer(id) else { return .refused(.notFound(.customer, field: "customer_id")) }
        return .passed(payer)
    }

    /// The request's currency, else the customer's, else the tenant's.
    ///
    /// Never a silent default.
    func currency(_ asked: Currency?, _ payer: Payer?) -> Guarded<Currency> {
        guard let currency = asked ?? payer?.currency ?? settings.defaultCurrency else {
            return .refused(
                .invalid("currency", "Name a currency: neither the customer nor the tenant has a default."))
        }
        return .passed(currency)
    }

    /// The payment of a verb, once its lock is free.
    func payment(
        _ id: PaymentID, expecting version: Int64?, _ request: VerbRequest, _ tx: borrowing Transaction
    ) throws(StorageError) -> LockedPayment {
        guard let payment = try tx.payment(id) else { return .refused(.notFound(.payment)) }
        let open = try tx.openOperations(of: id)
        let isLocked = open.contains { $0.state == .started && $0.method.holdsLock }
        if isLocked || (request.hasWaiters(id) && !request.isHead) { return .locked }
        if let version, version != payment.version {
            return .refused(.versionMismatch(expected: version, actual: payment.version))
        }
        return .free(payment, hasOpenOperation: open.contains { $0.method.holdsLock })
    }

    /// A new operation of a request, started; its call is recorded as sent now, for the COMMIT comes before it leaves.
    func operation(
        _ request: VerbRequest, entity: String, payment: PaymentID?, sending call: PreparedCall
    ) -> Operation {
        var operation = newOperation(request, entity: entity, payment: payment)
        operation.prepared = call
        operation.recordSend(now: now)
        operation.dueAt = now + Operation.budgetMilliseconds
        return operation
    }

    /// A new operation of a request.
    func newOperation(_ request: VerbRequest, entity: String, payment: PaymentID?) -> Operation {
        Operation(
            id: request.operation, principal: request.requester.principal, key: request.requester.key,
            method: request.method, digests: request.requester.digests, entity: entity, payment: payment,
            createdAt: now)
    }

    /// Asks the processor's adapter for the call that carries out an intent; nothing is sent.
    func prepare(_ intent: ProcessorIntent, _ request: VerbRequest, attempt: Int) -> Guarded<PreparedCall> {
        guard let processor else { return .refused(.stripeNotConfigured) }
        if request.isFull { return .refused(.busy(retryAfterMilliseconds: 100)) }
        let digest = request.requester.key.map { keyDigest(request.requester.principal, $0) } ?? ""
        let identity = CallIdentity(
            tenant: tenant, operation: request.operation, step: 1, attempt: attempt, keyDigest: digest)
        do throws(NotSent) {
            return .passed(try processor.prepare(intent, identity))
        } catch {
            return .refused(PaymentError(error))
        }
    }

    /// A payment's answer as its row stands.
    func current(_ payment: Payment, _ tx: borrowing Transaction) throws(StorageError) -> Phase1 {
        .done(
            message: tx.encoder.encode(payment), sequence: nil, entity: payment.id.text, payment: payment.id,
            nextActionURL: try nextActionURL(of: payment, tx))
    }

    /// Where the customer must go; nil unless the stage is requiresAction.
    func nextActionURL(of payment: Payment, _ tx: borrowing Transaction) throws(StorageError) -> String? {
        guard payment.stage == .requiresAction else { return nil }
        return try tx.sealedNextAction(of: payment.id).flatMap { sealer.unseal($0, of: payment.id) }
    }
}

/// A verb's payment, or why it can't have it.
enum LockedPayment {
    case free(Payment, hasOpenOperation: Bool)
    case locked
    case refused(PaymentError)
}
