extension RefundStatus {
    /// Its place on the ladder: a higher one applies whatever its age, between equals a GET decides.
    package var level: Int {
        switch self {
        case .requested: 0
        case .unknown: 1
        case .pending, .requiresAction: 2
        case .succeeded: 3
        case .failed, .canceled: 4
        }
    }

    /// Whether the refund's amount is taken from what may still be refunded.
    package var holdsReservation: Bool { level < 4 }

    /// What arriving at this status is called among events.
    package var event: EventType {
        switch self {
        case .requested, .unknown, .pending, .requiresAction: .refundUpdated
        case .succeeded: .refundSucceeded
        case .failed: .refundFailed
        case .canceled: .refundCanceled
        }
    }

    /// The status as callers read it.
    package var name: String {
        switch self {
        case .requested: "Requested"
        case .unknown: "Unknown"
        case .pending: "Pending"
        case .requiresAction: "RequiresAction"
        case .succeeded: "Succeeded"
        case .failed: "Failed"
        case .canceled: "Canceled"
        }
    }
}

extension Refund {
    /// Whether its amount is taken from what may still be refunded; Failed and Canceled release it.
    package var holdsReservation: Bool { status.holdsReservation }

    /// When a GET of it may be sent: 5 s after the newest thing learned, since a GET can be stale.
    package var refetchDueAt: Timestamp { (learnedAt ?? createdAt) + Payment.refetchDelayMilliseconds }

    /// A refund that was made elsewhere, as a GET found it; nil for what only books a released authorization.
    package init?(found snapshot: RefundSnapshot, id: RefundID, payment: PaymentID, now: Timestamp) {
        guard !snapshot.booksReleasedAuthorization else { return nil }
        self.init(
            id: id, payment: payment, amount: snapshot.amount, createdAt: now, createdBy: PrincipalID("stripe"))
        reason = snapshot.reason
        status = snapshot.status
        stripeRefundID = snapshot.stripeRefundID
        failureReason = snapshot.failureReason
        learnedAt = now
    }

    /// Takes in news of this refund.
    ///
    /// Save the row whatever is returned.
    ///
    /// `account` is where the fact comes from. After a change, give the payment the new sum of its succeeded refunds; after `held`, hold the payment too.
    package mutating func apply(_ fact: RefundFact, now: Timestamp, account: String? = nil) -> OnFact<RefundChange> {
        let snapshot = fact.snapshot
        guard !snapshot.booksReleasedAuthorization else {
            return .ignored(reason: "It books a released authorization; no money went back.")
        }
        if let stripeRefundID, stripeRefundID != snapshot.stripeRefundID {
            guard snapshot.status.holdsReservation else { return .ignored(reason: "Another refund, without money.") }
            var change = move(to: status, now)
            let reason = "A second refund, \(snapshot.stripeRefundID), carries this refund's id."
            change.alert = reason
            return .held(change, reason: reason)
        }
        learnedAt = max(learnedAt ?? now, now)
        self.account = self.account ?? account
        let isKnown = stripeRefundID != nil
        if snapshot.status.level < status.level {
            guard !isKnown else { return .ignored(reason: "\(status.name) came after \(snapshot.status.name).") }
            return take(snapshot, status: status, now)
        }
        if snapshot.status.level == status.level {
            if snapshot.status == status {
                let agrees = isKnown && snapshot.failureReason == failureReason
                return agrees ? .ignored(reason: "It agrees with the row.") : take(snapshot, status: status, now)
            }
            switch fact.source {
            case .freshAnswer, .fetched: break
            case .pastAnswer, .event:
                return .refetch(reason: "\(snapshot.status.name) against \(status.name): the order isn't known.")
            }
        }
        return take(snapshot, status: snapshot.status, now)
    }

    /// The call was sent and not answered in its time; the reservation stands.
    package mutating func becomeUnknown(now: Timestamp) -> RefundChange? {
        guard status == .requested else { return nil }
        return move(to: .unknown, now)
    }

    /// It surely didn't happen (refused, or never executed): its reservation is released.
    package mutating func becomeFailed(reason: String, now: Timestamp) -> RefundChange? {
        guard status == .requested || status == .unknown else { return nil }
        failureReason = reason
        return move(to: .failed, now)
    }

    /// Returns money of a payment that lives here only.
    package mutating func succeedLocally(now: Timestamp) -> RefundChange {
        precondition(
            status == .requested && stripeRefundID == nil, "Only a new refund of a local payment succeeds here.")
        return move(to: .succeeded, now)
    }

    private mutating func take(
        _ snapshot: RefundSnapshot, status next: RefundStatus, _ now: Timestamp
    ) -> OnFact<RefundChange> {
        let hadSucceeded = status == .succeeded
        stripeRefundID = snapshot.stripeRefundID
        failureReason = snapshot.failureReason
        var change = move(to: next, now)
        if hadSucceeded, next == .failed { change.alert = "A refund that had succeeded failed; the money came back." }
        guard snapshot.amount == amount else {
            let reason = "The processor refunded \(snapshot.amount.minorUnits), expected \(amount.minorUnits)."
            change.alert = reason
            return .held(change, reason: reason)
        }
        return .applied(change)
    }

    private mutating func move(to next: RefundStatus, _ now: Timestamp) -> RefundChange {
        let before = status
        status = next
        version += 1
        updatedAt = max(updatedAt, now)
        return RefundChange(event: before == next ? .refundUpdated : next.event, from: before, to: next)
    }
}

extension RefundSnapshot {
    /// Whether it is no refund but the booking of an authorization that was released (API versions before 2025-03-31).
    package var booksReleasedAuthorization: Bool { rawReason == "expired_uncaptured_charge" }
}
