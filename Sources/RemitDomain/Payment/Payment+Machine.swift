extension Payment {
    /// Takes in news of a payment intent of this payment.
    ///
    /// Save the row whatever is returned: what was learned, and when, moves even when nothing else does. The version
    /// rises by one exactly when the result is `applied` or `held`. With `ending`, the fact also ends that operation's
    /// attempt (do it with the fact that finishes the operation), in the same change.
    ///
    /// The rules: what is final stays, but for Captured; an event applies as it is only if it is newer than all that is
    /// known by more than 2 s, higher on the ladder and no failure; what agrees is ignored; all else needs a GET.
    /// `account` is where the fact comes from; it becomes the row's with the payment intent.
    package mutating func apply(
        _ fact: PaymentFact, now: Timestamp, ending operation: OperationID? = nil, account: String? = nil
    ) -> OnFact<PaymentChange> {
        let before = self
        if operation != nil, operation == openCharge { openCharge = nil }
        let relation = relation(of: fact.snapshot, before)
        if relation == .foreign { return takeForeign(fact, before, now) }
        let known = relation == .known
        let isNewEnough = learn(from: fact.source, known: known, now)
        switch verdict(on: fact, known: known, isNewEnough: isNewEnough, before) {
        case .take:
            if !known {
                lastLearned = fact.source.moment
                self.account = account ?? self.account
            }
            return take(fact.snapshot, known: known, before, now)
        case .ignore(let reason): return end(.ignored(reason: reason), before, now)
        case .refetch(let reason):
            // Nothing is decided, so the attempt isn't ended either: the GET does that.
            openCharge = before.openCharge
            return .refetch(reason: reason)
        }
    }

    /// Takes in a webhook about a charge.
    ///
    /// It never moves the stage: it agrees, or it asks for a GET of the intent.
    package mutating func apply(
        _ charge: ChargeSnapshot, type: String, created: Timestamp, now: Timestamp
    ) -> OnFact<PaymentChange> {
        guard stripePaymentID == nil || charge.stripePaymentID == stripePaymentID else {
            return .ignored(reason: "The charge belongs to another payment intent.")
        }
        _ = learn(from: .event(type: type, created: created), known: stripePaymentID != nil, now)
        guard charge.stripePaymentID != nil else { return .ignored(reason: "The charge has no payment intent.") }
        guard stripePaymentID != nil else {
            return .refetch(reason: "The charge's payment intent isn't known yet.")
        }
        if charge.captured ? stage == .captured && amountCaptured == charge.amountCaptured : stage.isFinal {
            let known = amountRefunded == charge.amountRefunded || !charge.captured
            return .ignored(reason: known ? "It agrees with the row." : "What was refunded is learned from refunds.")
        }
        if !charge.captured, stripeChargeID == charge.stripeChargeID {
            switch (type, stage) {
            case ("charge.succeeded", .authorized), ("charge.updated", .authorized), ("charge.failed", .declined),
                ("charge.updated", .declined):
                return .ignored(reason: "It agrees with the row.")
            default: break
            }
        }
        return .refetch(reason: "A charge doesn't say where its payment intent stands.")
    }

    // MARK: - Judging

    private enum Relation { case known, first, foreign }

    private enum Verdict {
        case take
        case ignore(String)
        case refetch(String)
    }

    /// Whether the snapshot is of the row's payment intent, of one that becomes it, or of another.
    private func relation(of snapshot: PaymentSnapshot, _ before: Payment) -> Relation {
        let maker = snapshot.origin.operation
        let isOfOpenCharge = before.openCharge.map { $0.text == maker } ?? false
        guard let stripePaymentID else {
            // What was captured or canceled here alone takes no payment intent any more.
            let isOurs = !stage.isFinal && (before.openCharge == nil || maker.isEmpty || isOfOpenCharge)
            return isOurs ? .first : .foreign
        }
        if stripePaymentID == snapshot.stripePaymentID { return .known }
        // A new intent replaces only one that ended without money, and only for the attempt that is under way.
        return isOfOpenCharge && (stage == .canceled || stage == .expired) ? .first : .foreign
    }

    /// Remembers that something was learned.
    ///
    /// Returns whether an event is newer than all that was known by the lead.
    private mutating func learn(from source: PaymentFact.Source, known: Bool, _ now: Timestamp) -> Bool {
        learnedAt = max(learnedAt ?? now, now)
        let last = known ? lastLearned : nil
        let heard = source.moment
        if known, let heard { lastLearned = max(last ?? heard, heard) }
        guard let last, let heard else { return true }
        return heard - last > Self.eventLeadMilliseconds
    }

    private func verdict(on fact: PaymentFact, known: Bool, isNewEnough: Bool, _ before: Payment) -> Verdict {
        let snapshot = fact.snapshot
        if known {
            if agrees(with: snapshot) { return .ignore("It agrees with the row.") }
            if stage.isFinal, !mayReplaceFinal(snapshot.stage) {
                return .ignore("\(snapshot.stage.name) doesn't replace \(stage.name), which is final.")
            }
        }
        switch fact.source {
        case .freshAnswer, .fetched: return .take
        case .pastAnswer: return .refetch("The answer speaks of the past.")
        case .event(let type, _):
            if known, type == "payment_intent.created" { return .ignore("The payment intent is known.") }
            if snapshot.stage.isPubliclyFailed { return .refetch("A failure may have been followed by another try.") }
            let rung = known ? level : -1
            guard snapshot.stage.level > rung else { return .refetch("It isn't higher on the ladder.") }
            return isNewEnough ? .take : .refetch("It isn't surely newer than what is known.")
        }
    }

    /// Whether a final stage may give way: only to Captured.
    ///
    /// Canceled against Expired is no conflict.
    private func mayReplaceFinal(_ next: PaymentStage) -> Bool { next == .captured }

    private func agrees(with snapshot: PaymentSnapshot) -> Bool {
        snapshot.stripePaymentID == stripePaymentID && snapshot.stage == stage
            && snapshot.latestChargeID == stripeChargeID && snapshot.mirroredFailure == failure
            && snapshot.amountCapturable == amountCapturable && snapshot.amountCaptured == amountCaptured
    }

    // MARK: - Changing

    private mutating func take(
        _ snapshot: PaymentSnapshot, known: Bool, _ before: Payment, _ now: Timestamp
    ) -> OnFact<PaymentChange> {
        let judged = judgeAmounts(snapshot)
        if !known {
            stripePaymentID = snapshot.stripePaymentID
            let maker = snapshot.origin.operation
            intentOperation = maker.isEmpty ? before.openCharge : OperationID(maker)
            livemode = snapshot.livemode
        }
        stage = snapshot.stage
        stripeChargeID = snapshot.latestChargeID
        failure = snapshot.mirroredFailure
        paymentMethod = snapshot.paymentMethod ?? paymentMethod
        captureMethod = snapshot.captureMethod
        if snapshot.amount.currency == amount.currency {
            amountCapturable = max(0, snapshot.amountCapturable)
            amountCaptured = max(0, snapshot.amountCaptured)
        }
        if let reason = judged.hold { return putOnHold(reason, before, now) }
        return end(.ignored(reason: "It changes nothing."), before, now, alert: judged.alert)
    }

    /// What the amounts of a confirmed fact call for: a hold, an alert, or nothing.
    private func judgeAmounts(_ snapshot: PaymentSnapshot) -> (hold: String?, alert: String?) {
        guard snapshot.stage == .captured || snapshot.stage == .authorized else { return (nil, nil) }
        guard snapshot.amount.currency == amount.currency else {
            return ("The processor holds it in \(snapshot.amount.currency.code), not \(amount.currency.code).", nil)
        }
        guard snapshot.amountCapturable >= 0, snapshot.amountCaptured >= 0 else {
            return ("The processor reports a negative amount.", nil)
        }
        if snapshot.stage == .authorized {
            guard snapshot.amountCapturable > amount.minorUnits else { return (nil, nil) }
            return ("The processor authorized \(snapshot.amountCapturable), expected \(amount.minorUnits).", nil)
        }
        guard amountRefunded <= snapshot.amountCaptured else {
            return ("Refunded \(amountRefunded), but the processor captured \(snapshot.amountCaptured).", nil)
        }
        let expected = captureExpected ?? amount.minorUnits
        if snapshot.amountCaptured == expected { return (nil, nil) }
        let text = "The processor captured \(snapshot.amountCaptured), expected \(expected)."
        // Less than was asked for can only be a manual capture that was made elsewhere.
        let isSmallerElsewhere = snapshot.amountCaptured < expected && snapshot.captureMethod == .manual
        return isSmallerElsewhere ? (nil, text) : (text, nil)
    }

    /// News of another payment intent of the same payment: it moves nothing; money there is a hold.
    private mutating func takeForeign(
        _ fact: PaymentFact, _ before: Payment, _ now: Timestamp
    ) -> OnFact<PaymentChange> {
        guard fact.snapshot.stage == .captured || fact.snapshot.amountCaptured > 0 else {
            return end(.ignored(reason: "Another payment intent of this payment."), before, now)
        }
        // Said once, then known: every later word of that intent is ignored while the hold stands.
        guard hold == nil else { return end(.ignored(reason: "The payment is on hold already."), before, now) }
        return putOnHold("Another payment intent of this payment was captured.", before, now)
    }

    mutating func putOnHold(_ reason: String, _ before: Payment, _ now: Timestamp) -> OnFact<PaymentChange> {
        hold = hold ?? reason
        guard case .applied(var change) = end(.ignored(reason: reason), before, now) else {
            return .ignored(reason: "The payment is on hold already.")
        }
        if change.from == change.to { change.event = .paymentHeld }
        change.alert = reason
        return .held(change, reason: reason)
    }

    /// Counts the change, if what others see of the row is another; else answers `otherwise`.
    mutating func end(
        _ otherwise: OnFact<PaymentChange>, _ before: Payment, _ now: Timestamp, alert: String? = nil
    ) -> OnFact<PaymentChange> {
        guard isVisiblyOther(than: before) else { return otherwise }
        version = before.version + 1
        updatedAt = max(before.updatedAt, now)
        let moved = stage != before.stage || stripePaymentID != before.stripePaymentID || status != before.status
        let isAnotherTry = stage.isPubliclyFailed && failure != before.failure
        let event = moved || isAnotherTry ? stage.event : .paymentUpdated
        return .applied(PaymentChange(event: event, from: before.stage, to: stage, alert: alert))
    }

    private func isVisiblyOther(than before: Payment) -> Bool {
        var same = self
        same.lastLearned = before.lastLearned
        same.learnedAt = before.learnedAt
        same.openCharge = before.openCharge
        same.intentOperation = before.intentOperation
        same.captureExpected = before.captureExpected
        return same != before || status != before.status
    }
}

extension PaymentFact.Source {
    /// The moment it speaks of, by the processor's clock; nil for what is past or carries none.
    var moment: Timestamp? {
        switch self {
        case .freshAnswer(let date): date
        case .pastAnswer: nil
        case .fetched(let date): date
        case .event(_, let created): created
        }
    }
}

extension PaymentSnapshot {
    /// The failure as the row keeps it: none once captured, and a code of ours for what was canceled or expired.
    package var mirroredFailure: PaymentFailure? {
        switch stage {
        case .captured: nil
        case .canceled: PaymentFailure(code: "canceled")
        case .expired: PaymentFailure(code: "expired")
        case .new, .unknown, .error, .requiresPaymentMethod, .requiresConfirmation, .requiresAction, .processing,
            .authorized, .declined, .abandoned:
            failure
        }
    }
}
