import RemitStripe

/// Refunds, which may settle later than they are made.
extension AccountBooks {
    struct RefundTerms: Sendable {
        var charge: String?
        var intent: String?
        var amount: Int64?
        var reason: String?
        var metadata: [String: String]
    }

    mutating func createRefund(_ terms: RefundTerms) throws(StripeFailure) -> JSONValue {
        var charge = try chargeToRefund(terms)
        let remaining = charge.amountCaptured - charge.amountRefunded
        guard remaining > 0 else {
            throw .invalid("Charge \(charge.id) has already been refunded.", code: "charge_already_refunded")
        }
        let amount = terms.amount ?? remaining
        guard amount >= 1, amount <= remaining else {
            throw .invalid(
                "Refund amount (\(amount)) is greater than unrefunded amount on charge (\(remaining)).",
                param: "amount")
        }
        try AmountRules.checkScale(amount, currency: charge.currency, param: "amount")
        let refund = SimulatedRefund(
            id: random.identifier("re"), created: seconds, amount: amount, currency: charge.currency,
            charge: charge.id, intent: charge.intent,
            status: charge.card.refund == .pendingThenSucceeds ? .pending : .succeeded, reason: terms.reason,
            metadata: terms.metadata)
        refunds.insert(refund, id: refund.id)
        if charge.card.refund != .succeeds { settlements.push(refund.id, due: now + Self.settlementMilliseconds) }
        let before = json(charge)
        charge.amountRefunded += amount
        charges.update(charge, id: charge.id)
        emit("refund.created", json(refund))
        emit("charge.refunded", json(charge), previous: before)
        return json(refund)
    }

    /// What was pending, or looked successful, shows what becomes of it.
    mutating func settle(_ id: String) {
        guard let refund = refunds[id], let charge = charges[refund.charge] else { return }
        switch (charge.card.refund, refund.status) {
        case (.pendingThenSucceeds, .pending):
            var settled = refund
            settled.status = .succeeded
            refunds.update(settled, id: id)
            emit("refund.updated", json(settled), previous: json(refund))
        case (.failsLater, .succeeded):
            fail(refund)
        case (.succeeds, _), (.failsLater, _), (.pendingThenSucceeds, _):
            break
        }
    }

    /// A refund comes back: its amount can be refunded again.
    mutating func fail(_ refund: SimulatedRefund) {
        var failed = refund
        failed.status = .failed
        failed.failureReason = "expired_or_canceled_card"
        refunds.update(failed, id: refund.id)
        release(refund)
        emit("refund.updated", json(failed), previous: json(refund))
        emit("refund.failed", json(failed))
    }

    mutating func cancelRefund(_ id: String) throws(StripeFailure) -> JSONValue {
        let refund = try refund(id)
        guard refund.status == .pending else {
            throw .invalid("Refund \(id) can't be canceled: its status is \(refund.status.rawValue).")
        }
        var canceled = refund
        canceled.status = .canceled
        refunds.update(canceled, id: id)
        release(refund)
        emit("refund.updated", json(canceled), previous: json(refund))
        return json(canceled)
    }

    mutating func updateRefund(_ id: String, _ change: MetadataChange) throws(StripeFailure) -> JSONValue {
        let refund = try refund(id)
        var updated = refund
        updated.metadata = change.applied(to: refund.metadata)
        refunds.update(updated, id: id)
        if updated.metadata != refund.metadata { emit("refund.updated", json(updated), previous: json(refund)) }
        return json(updated)
    }

    func refund(_ id: String) throws(StripeFailure) -> SimulatedRefund {
        guard let refund = refunds[id] else { throw .missing("refund", id, param: "id", inBody: false) }
        return refund
    }

    func charge(_ id: String, inBody: Bool = false) throws(StripeFailure) -> SimulatedCharge {
        guard let charge = charges[id] else { throw .missing("charge", id, param: "charge", inBody: inBody) }
        return charge
    }

    private mutating func release(_ refund: SimulatedRefund) {
        guard var charge = charges[refund.charge] else { return }
        let before = json(charge)
        charge.amountRefunded -= refund.amount
        charges.update(charge, id: charge.id)
        emit("charge.updated", json(charge), previous: before)
    }

    private func chargeToRefund(_ terms: RefundTerms) throws(StripeFailure) -> SimulatedCharge {
        let charge: SimulatedCharge
        if let id = terms.charge {
            charge = try self.charge(id, inBody: true)
        } else if let id = terms.intent {
            let intent = try intent(id, param: "payment_intent", inBody: true)
            guard let latest = intent.latestCharge, let found = charges[latest] else { throw Self.nothingToRefund(id) }
            charge = found
        } else {
            throw .invalid("One of charge or payment_intent must be given.", code: "parameter_missing", param: "charge")
        }
        guard charge.paid, charge.captured else { throw Self.nothingToRefund(charge.intent) }
        return charge
    }

    private static func nothingToRefund(_ intent: String) -> StripeFailure {
        .invalid("This PaymentIntent (\(intent)) does not have a successful charge to refund.")
    }
}
