extension Operation {
    /// An operation's own budget, from its creation; then its outcome is committed as unknown and callers are told.
    package static let budgetMilliseconds: Int64 = 30_000
    /// Resends within the budget, as Stripe's own SDKs do.
    package static let resendsMax = 2
    /// The first resend's delay; it doubles, up to ``resendDelayMaxMilliseconds``, and is shortened by up to a half.
    package static let resendDelayBaseMilliseconds = 500
    package static let resendDelayMaxMilliseconds = 5_000
    /// A key may be resent until it is so old; Stripe keeps a key's result for 24 h, and an hour is left for clocks.
    package static let resendAgeMaxMilliseconds: Int64 = 23 * 3_600_000
    /// A look-up that finds nothing proves it only so long after the key's last send.
    package static let proofAgeMilliseconds: Int64 = 24 * 3_600_000
    /// After a replayed 5xx: two look-ups that find nothing, each at least so long after it, prove it.
    package static let spentKeyProofMilliseconds: Int64 = 3_600_000
    /// The completer's delay between tries: 1 s, doubling, at most this.
    package static let completerDelayMaxMilliseconds = 600_000

    // MARK: - Sending

    /// Records that the call is about to be sent.
    ///
    /// Commit it before the bytes leave.
    package mutating func recordSend(now: Timestamp) {
        precondition(prepared != nil, "A call is prepared and saved before it is sent.")
        firstSent = firstSent ?? now
        lastSent = max(lastSent ?? now, now)
        sends += 1
    }

    /// Takes in the answer to the last recorded send.
    ///
    /// `rowUnchanged`: the row has the version that phase 1 left. `random`: 64 bits, for the delay's jitter.
    package mutating func receive(
        _ answer: Answer, rowUnchanged: Bool, now: Timestamp, random: UInt64
    ) -> OnAnswer {
        guard state.isOpen else { return .ignore }
        switch answer.word {
        case .fact(let fact): return .apply(fact, age(of: answer, rowUnchanged, now))
        case .declined(let failure, let snapshot):
            return .decline(failure, snapshot, age(of: answer, rowUnchanged, now))
        case .refused(let code, let param, let message, let aboutExistingObject):
            let refusal = PaymentError.providerRefused(code: code, param: param, message: message)
            return aboutExistingObject ? .refetch(otherwise: refusal) : .refuse(refusal)
        case .credentialsRefused: return endOrKeepUnknown(.stripeCredentials, now, random)
        case .notExecuted:
            if let delay = resendDelay(answer, now, random) { return .resend(afterMilliseconds: delay) }
            return endOrKeepUnknown(.providerUnavailable(retryAfterMilliseconds: 1_000), now, random)
        case .noAnswer:
            unanswered = true
            if let delay = resendDelay(answer, now, random) { return .resend(afterMilliseconds: delay) }
            return stayUnknown(now, random)
        case .keySpent:
            unanswered = true
            spentAt = spentAt ?? now
            return stayUnknown(now, random)
        case .parameterMismatch:
            unanswered = true
            spentAt = spentAt ?? now
            return stayUnknown(now, random, alarm: "The bytes sent differ from those first sent with this key.")
        }
    }

    // MARK: - The completer

    /// Time is up (the budget, or the caller of phase 2 is gone): started becomes unknown.
    ///
    /// Nil when it isn't started.
    package mutating func runOutOfTime(now: Timestamp, random: UInt64) -> OnAnswer? {
        guard state == .started else { return nil }
        unanswered = true
        return stayUnknown(now, random)
    }

    /// Recovery, before the first call: what was started counts as sent; what was only claimed never was.
    ///
    /// Returns what to do with it; nil for what needs nothing.
    package mutating func recover(now: Timestamp) -> OnAnswer? {
        switch state {
        case .claimed: return .endWithoutEffect(.hadNoEffect)
        case .started:
            firstSent = firstSent ?? createdAt
            lastSent = lastSent ?? now
            unanswered = true
            state = .unknown
            outcome = .unknown
            dueAt = now
            return .becomeUnknown(.unknownOutcome, alarm: nil)
        case .unknown, .finished: return nil
        }
    }

    /// What is due for it: the same bytes again while the key is young and of use, a look-up after that.
    package func completerStep(now: Timestamp) -> CompleterStep {
        guard state == .unknown else { return .none }
        if let dueAt, now < dueAt { return .wait(until: dueAt) }
        let sent = firstSent ?? createdAt
        let mayResend = prepared != nil && spentAt == nil && now - sent < Self.resendAgeMaxMilliseconds
        return mayResend ? .resend : .lookUp
    }

    /// Takes in what a look-up of the call's effect found.
    package mutating func receive(_ found: LookedUp, now: Timestamp, random: UInt64) -> OnAnswer {
        guard state.isOpen else { return .ignore }
        switch found {
        case .found(let fact, let date): return .apply(fact, .fetched(date: date))
        case .unavailable: return postponeLookUp(now, random)
        case .nothing:
            return provesNothingHappened(now) ? .endWithoutEffect(.hadNoEffect) : postponeLookUp(now, random)
        }
    }

    /// An event carried the attempt key: the call ran, it isn't known how it ended.
    ///
    /// Look soon.
    package mutating func hurry(now: Timestamp) {
        guard state == .unknown else { return }
        dueAt = min(dueAt ?? now, now)
    }

    // MARK: - Ending; each answers false when it was finished before

    /// It had its effect, or was declined; `sequence` is the event that carries the reply, if this made one.
    package mutating func finishSucceeded(replySequence sequence: Int64?) -> Bool {
        guard state != .finished else { return false }
        replySequence = sequence ?? replySequence
        end(.success)
        return true
    }

    /// It was refused: by a guard (outcome NONE) or by Stripe (FAILURE).
    ///
    /// The key stays only if the refusal is sticky.
    package mutating func finishRefused(_ error: PaymentError) -> Bool {
        precondition(error.outcome != .unknown, "An unknown outcome is no end.")
        guard state != .finished else { return false }
        refusal = error
        if !error.isSticky { key = nil }
        end(error.outcome)
        return true
    }

    /// Nothing was executed: outcome NONE, and any key may run the verb.
    package mutating func finishWithoutEffect(_ error: PaymentError) -> Bool {
        guard state != .finished else { return false }
        refusal = error
        key = nil
        end(.none)
        return true
    }

    // MARK: - Parts

    private mutating func end(_ outcome: OperationOutcome) {
        state = .finished
        self.outcome = outcome
        dueAt = nil
    }

    private func age(of answer: Answer, _ rowUnchanged: Bool, _ now: Timestamp) -> AnswerAge {
        let isFresh =
            state == .started && sends == 1 && !unanswered && !answer.replayed && rowUnchanged
            && now - createdAt <= Self.budgetMilliseconds
        return isFresh ? .fresh(date: answer.date) : .past
    }

    /// A word that doesn't count for a key that may have been executed: NONE if all sends were answered, else UNKNOWN.
    private mutating func endOrKeepUnknown(_ error: PaymentError, _ now: Timestamp, _ random: UInt64) -> OnAnswer {
        unanswered ? stayUnknown(now, random) : .endWithoutEffect(error)
    }

    private mutating func stayUnknown(_ now: Timestamp, _ random: UInt64, alarm: String? = nil) -> OnAnswer {
        let wasStarted = state == .started
        state = .unknown
        outcome = .unknown
        let postponed = postpone(now, random)
        return wasStarted || alarm != nil ? .becomeUnknown(.unknownOutcome, alarm: alarm) : postponed
    }

    /// The delay before the next resend within the budget; nil when there is to be none.
    private func resendDelay(_ answer: Answer, _ now: Timestamp, _ random: UInt64) -> Int? {
        guard state == .started, answer.mayRetry, sends <= Self.resendsMax else { return nil }
        let delay = Self.jittered(
            base: Self.resendDelayBaseMilliseconds, doublings: sends - 1, max: Self.resendDelayMaxMilliseconds, random)
        guard now + Int64(delay) - createdAt < Self.budgetMilliseconds else { return nil }
        return delay
    }

    private mutating func postpone(_ now: Timestamp, _ random: UInt64) -> OnAnswer {
        let delay = Self.jittered(
            base: 1_000, doublings: max(0, sends - 1), max: Self.completerDelayMaxMilliseconds, random)
        return wait(delay, now)
    }

    /// Looks again after about as long as it has been looked for: many look-ups soon, few in the hours of a proof.
    private mutating func postponeLookUp(_ now: Timestamp, _ random: UInt64) -> OnAnswer {
        let age = now - (spentAt ?? lastSent ?? createdAt)
        let base = Int(min(max(age, 1_000), Int64(Self.completerDelayMaxMilliseconds)))
        return wait(
            Self.jittered(base: base, doublings: 0, max: Self.completerDelayMaxMilliseconds, random), now)
    }

    private mutating func wait(_ milliseconds: Int, _ now: Timestamp) -> OnAnswer {
        let due = now + Int64(milliseconds)
        dueAt = due
        return .wait(until: due)
    }

    private mutating func provesNothingHappened(_ now: Timestamp) -> Bool {
        if now - (lastSent ?? createdAt) >= Self.proofAgeMilliseconds { return true }
        guard let spentAt, now - spentAt >= Self.spentKeyProofMilliseconds else { return false }
        emptyLookUps += 1
        return emptyLookUps >= 2
    }

    /// `base` doubled so often, at most `max`, less a random part of up to a half: so that many don't return at once.
    private static func jittered(base: Int, doublings: Int, max limit: Int, _ random: UInt64) -> Int {
        let delay = min(limit, base << min(doublings, 20))
        return delay - Int(random % UInt64(delay / 2 + 1))
    }
}
