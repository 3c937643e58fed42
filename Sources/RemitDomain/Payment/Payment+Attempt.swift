extension Payment {
    /// Phase 1 of a charge: counts the attempt and names the operation.
    ///
    /// The stage stays as it is.
    ///
    /// With `inCreation` it belongs to the row's first version, whose event is `payment.created`.
    package mutating func beginAttempt(
        by operation: OperationID, now: Timestamp, inCreation: Bool = false
    ) -> PaymentChange {
        precondition(openCharge == nil, "A second charge began while one is open; the guard must refuse it.")
        openCharge = operation
        attempt += 1
        if inCreation { return PaymentChange(event: .paymentCreated, from: stage, to: stage) }
        return change(now)
    }

    /// The charge was sent and not answered in its time.
    ///
    /// Unknown is a stage only where nothing else is known.
    package mutating func becomeUnknown(now: Timestamp) -> PaymentChange? {
        guard stripePaymentID == nil, stage == .new || stage == .error else { return nil }
        let before = stage
        stage = .unknown
        return change(now, from: before)
    }

    /// The open charge ended with outcome NONE: the row stands where it stood before.
    package mutating func attemptHadNoEffect(now: Timestamp) -> PaymentChange? {
        let before = self
        openCharge = nil
        if stage == .unknown { stage = failure == nil ? .new : .error }
        guard var change = settled(before, now) else { return nil }
        change.event = .paymentUpdated
        return change
    }

    /// The processor refused the open charge definitely.
    ///
    /// Without a payment intent the payment is in Error.
    package mutating func becomeError(_ failure: PaymentFailure, now: Timestamp) -> PaymentChange? {
        let before = self
        openCharge = nil
        if stripePaymentID == nil, !stage.isFinal {
            stage = .error
            self.failure = failure
        }
        return settled(before, now)
    }

    /// Phase 1 of a capture: what a captured fact is expected to carry.
    ///
    /// Not part of the message, hence no version.
    package mutating func beginCapture(of amount: Int64) { captureExpected = amount }

    /// The open capture ended without a capture of ours; what is captured now, was captured elsewhere.
    package mutating func endCapture() { captureExpected = nil }

    /// Changes the amount before anything at the processor carries it.
    package mutating func reprice(_ money: Money, now: Timestamp) -> PaymentChange {
        precondition(mayReprice, "The amount is fixed once a payment intent may exist; ask mayReprice first.")
        amount = money
        return change(now)
    }

    /// Captures a payment that lives here only.
    ///
    /// The guard has passed.
    package mutating func captureLocally(_ captured: Int64, now: Timestamp) -> PaymentChange {
        precondition(isLocal && stage == .new, "Only a payment that lives here alone is captured here.")
        let before = stage
        stage = .captured
        amountCaptured = captured
        failure = nil
        return change(now, from: before, event: .paymentCaptured)
    }

    /// Cancels a payment that lives here only.
    ///
    /// The guard has passed.
    package mutating func cancelLocally(now: Timestamp) -> PaymentChange {
        precondition(isLocal && stage == .new, "Only a payment that lives here alone is canceled here.")
        let before = stage
        stage = .canceled
        failure = PaymentFailure(code: "canceled")
        isCanceledHere = true
        return change(now, from: before, event: .paymentCanceled)
    }

    /// Takes in what its refunds that succeeded add up to; call it again after a capture was applied.
    ///
    /// More than was captured is a hold; a refund before the capture is known asks for a GET of the payment intent.
    package mutating func apply(refundedTotal total: Int64, now: Timestamp) -> OnFact<PaymentChange> {
        guard total != amountRefunded else { return .ignored(reason: "The sum of the refunds is the same.") }
        guard stage == .captured else { return .refetch(reason: "A refund succeeded before the capture is known.") }
        let before = self
        let grew = total > amountRefunded
        amountRefunded = max(0, total)
        if total > amountCaptured {
            return putOnHold("Refunded \(total), more than the \(amountCaptured) captured.", before, now)
        }
        return .applied(change(now, event: grew ? .paymentRefunded : .paymentUpdated))
    }

    /// Refuses its verbs from now on, until an operator resolves it.
    package mutating func hold(because reason: String, now: Timestamp) -> OnFact<PaymentChange> {
        putOnHold(reason, self, now)
    }

    private mutating func change(
        _ now: Timestamp, from: PaymentStage? = nil, event: EventType = .paymentUpdated
    ) -> PaymentChange {
        version += 1
        updatedAt = max(updatedAt, now)
        return PaymentChange(event: event, from: from ?? stage, to: stage)
    }

    private mutating func settled(_ before: Payment, _ now: Timestamp) -> PaymentChange? {
        guard case .applied(let change) = end(.ignored(reason: ""), before, now) else { return nil }
        return change
    }
}
