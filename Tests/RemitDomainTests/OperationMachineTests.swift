import RemitDomain
import RemitTesting
import Testing

@Suite struct OperationMachineTests {
    private static let hour: Int64 = 3_600_000

    static let fact = ProcessorFact.payment(Fixture.snapshot(.captured))
    static let decline = PaymentFailure(code: "card_declined")

    /// Every word that an answer can have, with and without leave to retry.
    static let answers: [Answer] = {
        let words: [AnswerWord] = [
            .fact(fact), .declined(decline, Fixture.snapshot(.declined)),
            .refused(code: "parameter_invalid", param: "amount", message: "Too small.", aboutExistingObject: false),
            .refused(code: "unexpected_state", param: nil, message: "Captured.", aboutExistingObject: true),
            .credentialsRefused, .keySpent, .parameterMismatch,
        ]
        let retried: [AnswerWord] = [.notExecuted(code: "lock_timeout"), .noAnswer]
        return words.map { Answer($0, date: Fixture.start) }
            + retried.flatMap { [Answer($0, mayRetry: true), Answer($0, mayRetry: false)] }
    }()

    static func sent(_ times: Int = 1) -> Operation {
        var operation = Fixture.operation()
        for _ in 0..<times { operation.recordSend(now: Fixture.start) }
        return operation
    }

    static func receive(
        _ operation: inout Operation, _ word: AnswerWord, replayed: Bool = false, mayRetry: Bool = true,
        rowUnchanged: Bool = true, after milliseconds: Int64 = 100
    ) -> OnAnswer {
        operation.receive(
            Answer(word, date: Fixture.start, replayed: replayed, mayRetry: mayRetry), rowUnchanged: rowUnchanged,
            now: Fixture.start + milliseconds, random: 0)
    }

    // MARK: - One answer

    @Test func `a first answer in time is fresh if the row is unchanged; every other one speaks of the past`() {
        var fresh = Self.sent()
        #expect(Self.receive(&fresh, .fact(Self.fact)) == .apply(Self.fact, .fresh(date: Fixture.start)))
        var changed = Self.sent()
        #expect(Self.receive(&changed, .fact(Self.fact), rowUnchanged: false) == .apply(Self.fact, .past))
        var replayed = Self.sent()
        #expect(Self.receive(&replayed, .fact(Self.fact), replayed: true) == .apply(Self.fact, .past))
        var resent = Self.sent(2)
        #expect(Self.receive(&resent, .fact(Self.fact)) == .apply(Self.fact, .past))
        var late = Self.sent()
        #expect(Self.receive(&late, .fact(Self.fact), after: 30_001) == .apply(Self.fact, .past))
        var unknown = Self.sent()
        _ = unknown.runOutOfTime(now: Fixture.start + 30_000, random: 0)
        #expect(Self.receive(&unknown, .fact(Self.fact)) == .apply(Self.fact, .past))
    }

    @Test func `a decline is a result`() {
        var operation = Self.sent()
        let snapshot = Fixture.snapshot(.declined)
        #expect(
            Self.receive(&operation, .declined(Self.decline, snapshot))
                == .decline(Self.decline, snapshot, .fresh(date: Fixture.start)))
        let succeeded = operation.finishSucceeded(replySequence: 7)
        #expect(succeeded)
        #expect(operation.outcome == .success && operation.replySequence == 7 && operation.key == "key")
    }

    @Test func `a refusal is FAILURE and names the field when Stripe's parameter is one of ours`() {
        let table: [(String?, String?)] = [
            ("amount", "amount"), ("amount_to_capture", "amount"), ("customer", "customer_id"),
            ("payment_method", "payment_method"), ("metadata[a]", "metadata"), ("automatic_payment_methods", nil),
            (nil, nil),
        ]
        for (param, field) in table {
            var operation = Self.sent()
            let word = AnswerWord.refused(
                code: "parameter_invalid", param: param, message: "No.", aboutExistingObject: false)
            guard case .refuse(let error) = Self.receive(&operation, word) else {
                Issue.record("It isn't refused.")
                continue
            }
            #expect(error.code == .failedPrecondition && error.reason == "provider_refused")
            #expect(error.outcome == .failure && error.field == field)
            #expect(error.message.contains("parameter_invalid"))
            let refused = operation.finishRefused(error)
            #expect(refused)
            #expect(operation.key == "key" && operation.outcome == .failure && operation.refusal == error)
        }
    }

    @Test func `a refusal about an existing object asks for a GET first`() {
        var operation = Self.sent()
        let word = AnswerWord.refused(code: "x", param: nil, message: "", aboutExistingObject: true)
        guard case .refetch(let error) = Self.receive(&operation, word) else {
            Issue.record("It doesn't ask for a GET.")
            return
        }
        #expect(error.outcome == .failure && operation.state == .started)
    }

    @Test func `a card number in Stripe's message isn't passed on`() {
        let error = PaymentError.providerRefused(code: "c", param: nil, message: "Bad card 4242 4242 4242 4242.")
        #expect(!error.message.contains("4242"))
    }

    @Test func `first answers that didn't execute end NONE and free the key`() {
        let words: [AnswerWord] = [.credentialsRefused, .notExecuted(code: "rate_limit")]
        for word in words {
            var operation = Self.sent()
            guard case .endWithoutEffect(let error) = Self.receive(&operation, word, mayRetry: false) else {
                Issue.record("\(word) doesn't end it.")
                continue
            }
            #expect(error.outcome == OperationOutcome.none && error.notProcessed)
            let ended = operation.finishWithoutEffect(error)
            #expect(ended)
            #expect(operation.key == nil && operation.outcome == .none && operation.state == .finished)
        }
    }

    @Test func `a spent key and a mismatch are unknown at once and never resent; the mismatch is an alarm`() {
        for (word, hasAlarm) in [(AnswerWord.keySpent, false), (.parameterMismatch, true)] {
            var operation = Self.sent()
            guard case .becomeUnknown(let error, let alarm) = Self.receive(&operation, word) else {
                Issue.record("\(word) isn't unknown.")
                continue
            }
            #expect(error.outcome == .unknown && (alarm != nil) == hasAlarm)
            #expect(operation.completerStep(now: Fixture.start + 60_000) == .lookUp)
        }
    }

    // MARK: - Resending

    @Test func `it is resent twice at most, after 0.5 s and 1 s less a random part`() {
        var operation = Self.sent()
        var delays: [Int] = []
        while case .resend(let delay) = Self.receive(&operation, .noAnswer) {
            delays.append(delay)
            operation.recordSend(now: Fixture.start)
        }
        #expect(delays == [500, 1_000])
        #expect(operation.state == .unknown && operation.sends == 3)
        let random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            var jittered = Self.sent()
            let answer = Answer(.noAnswer, mayRetry: true)
            let result = jittered.receive(answer, rowUnchanged: true, now: Fixture.start, random: random.next())
            guard case .resend(let delay) = result else {
                Issue.record("It isn't resent.")
                continue
            }
            #expect((250...500).contains(delay))
        }
    }

    @Test func `nothing is resent past the budget, or against the retry rule`() {
        var late = Self.sent()
        guard case .becomeUnknown = Self.receive(&late, .noAnswer, after: 29_500) else {
            Issue.record("It was resent past the budget.")
            return
        }
        var refused = Self.sent()
        guard case .becomeUnknown = Self.receive(&refused, .noAnswer, mayRetry: false) else {
            Issue.record("It was resent against the rule.")
            return
        }
        #expect(Operation.budgetMilliseconds == 30_000 && Operation.resendsMax == 2)
    }

    // MARK: - The completer

    @Test func `between tries to end an unknown outcome, the pause doubles from a second up to ten minutes`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start, random: 0)
        var pauses: [Int64] = []
        for _ in 0..<40 {
            let result = operation.receive(
                Answer(.noAnswer, mayRetry: true), rowUnchanged: true, now: Fixture.start, random: 0)
            guard case .wait(let until) = result else {
                Issue.record("It doesn't wait: \(result)")
                return
            }
            pauses.append(until - Fixture.start)
            operation.recordSend(now: Fixture.start)
        }
        #expect(pauses.prefix(4) == [1_000, 2_000, 4_000, 8_000] && pauses.last == 600_000)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $1 == min(2 * $0, 600_000) })
        #expect(Operation.completerDelayMaxMilliseconds == 600_000)
    }

    @Test func `running out of time makes what is started unknown, once`() {
        var operation = Self.sent()
        guard case .becomeUnknown(let error, nil)? = operation.runOutOfTime(now: Fixture.start, random: 0) else {
            Issue.record("It isn't unknown.")
            return
        }
        #expect(error.outcome == .unknown && operation.state == .unknown && operation.outcome == .unknown)
        #expect(operation.runOutOfTime(now: Fixture.start, random: 0) == nil)
    }

    @Test func `recovery counts what was started as sent, and frees what was only claimed`() {
        let now = Fixture.start + 5_000
        var started = Fixture.operation()
        #expect(started.recover(now: now) == .becomeUnknown(.unknownOutcome, alarm: nil))
        #expect(started.state == .unknown && started.unanswered && started.firstSent != nil)
        #expect(started.completerStep(now: now) == .resend)
        var claimed = Fixture.operation()
        claimed.state = .claimed
        #expect(claimed.recover(now: now) == .endWithoutEffect(.hadNoEffect))
        var unknown = started
        #expect(unknown.recover(now: now) == nil)
        var finished = Self.sent()
        _ = finished.finishSucceeded(replySequence: nil)
        #expect(finished.recover(now: now) == nil && finished.completerStep(now: now) == .none)
    }

    @Test func `the same bytes are resent for 23 h, then the effect is looked up`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start + 30_000, random: 0)
        let due = operation.dueAt ?? Fixture.start
        #expect(operation.completerStep(now: due + -1) == .wait(until: due))
        #expect(operation.completerStep(now: due) == .resend)
        #expect(operation.completerStep(now: Fixture.start + 23 * Self.hour + -1) == .resend)
        #expect(operation.completerStep(now: Fixture.start + 23 * Self.hour) == .lookUp)
    }

    @Test func `the completer waits longer and longer, ten minutes at most`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start, random: 0)
        var waits: [Int64] = []
        for _ in 0..<12 {
            operation.recordSend(now: Fixture.start)
            guard case .wait(let until) = Self.receive(&operation, .noAnswer, after: 0) else { break }
            waits.append(until - Fixture.start)
        }
        #expect(waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600].map { $0 * 1_000 })
    }

    @Test func `an event with our attempt key hurries the completer, and proves nothing`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start, random: 0)
        operation.hurry(now: Fixture.start + 1)
        #expect(operation.completerStep(now: Fixture.start + 1) == .resend && operation.state == .unknown)
    }

    @Test func `what a look-up finds is as good as a GET`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start, random: 0)
        let found = LookedUp.found(Self.fact, date: Fixture.start)
        #expect(
            operation.receive(found, now: Fixture.start, random: 0) == .apply(Self.fact, .fetched(date: Fixture.start)))
    }

    @Test func `a look-up that finds nothing proves it only 24 h after the last send`() {
        var operation = Self.sent()
        _ = operation.runOutOfTime(now: Fixture.start, random: 0)
        for (after, proves) in [(23 * Self.hour, false), (24 * Self.hour - 1, false), (24 * Self.hour, true)] {
            let now = Fixture.start + after
            let result = operation.receive(LookedUp.nothing(date: now), now: now, random: 0)
            #expect((result == .endWithoutEffect(.hadNoEffect)) == proves)
        }
        let unreadable = operation.receive(LookedUp.unavailable, now: Fixture.start + 48 * Self.hour, random: 0)
        guard case .wait = unreadable else {
            Issue.record("What can't be read proves nothing.")
            return
        }
    }

    @Test func `after a replayed 5xx two look-ups prove it, both an hour after`() {
        var operation = Self.sent()
        _ = Self.receive(&operation, .keySpent, replayed: true, after: 0)
        let early = operation.receive(
            LookedUp.nothing(date: Fixture.start), now: Fixture.start + (Self.hour - 1), random: 0)
        let first = operation.receive(LookedUp.nothing(date: Fixture.start), now: Fixture.start + Self.hour, random: 0)
        for result in [early, first] {
            guard case .wait = result else {
                Issue.record("One look-up proves nothing.")
                continue
            }
        }
        let second = operation.receive(
            LookedUp.nothing(date: Fixture.start), now: Fixture.start + (Self.hour + 1), random: 0)
        #expect(second == .endWithoutEffect(.hadNoEffect))
    }

    // MARK: - Every short sequence

    /// Carries out what the operation says, as the tenant does.
    ///
    /// Returns whether it was finished by this.
    private static func carryOut(_ result: OnAnswer, _ operation: inout Operation, _ now: Timestamp) -> Bool {
        switch result {
        case .apply, .decline: return operation.finishSucceeded(replySequence: 1)
        case .refuse(let error), .refetch(let error): return operation.finishRefused(error)
        case .endWithoutEffect(let error): return operation.finishWithoutEffect(error)
        case .resend:
            operation.recordSend(now: now)
            return false
        case .becomeUnknown, .wait:
            if operation.completerStep(now: now + hour) == .resend { operation.recordSend(now: now) }
            return false
        case .ignore: return false
        }
    }

    private static func isRefusal(_ result: OnAnswer) -> Bool {
        switch result {
        case .refuse, .refetch: true
        case .apply, .decline, .resend, .endWithoutEffect, .becomeUnknown, .wait, .ignore: false
        }
    }

    @Test func `no sequence of four answers ends NONE after an unanswered send, or finishes twice`() {
        var faults: [String] = []
        func go(_ operation: Operation, _ path: [Int], ends: Int) {
            guard path.count < 4, faults.count < 5 else { return }
            for index in Self.answers.indices {
                var next = operation
                let now = Fixture.start + Int64(path.count) * 1_000
                let wasUnanswered = next.unanswered
                let wasFinished = next.state == .finished
                let result = next.receive(Self.answers[index], rowUnchanged: true, now: now, random: 0)
                let isEnd = Self.carryOut(result, &next, now)
                let here = path + [index]
                if wasFinished, result != .ignore { faults.append("\(here): not ignored") }
                if wasUnanswered, !wasFinished, next.state == .finished, next.outcome == .none {
                    faults.append("\(here): NONE though a send is unanswered")
                }
                if case .apply(_, .fresh) = result, !path.isEmpty { faults.append("\(here): fresh, but resent") }
                if ends + (isEnd ? 1 : 0) > 1 { faults.append("\(here): finished twice") }
                if next.state == .finished, next.outcome == .unknown { faults.append("\(here): an unknown end") }
                if next.state == .unknown, next.outcome != .unknown { faults.append("\(here): unknown, yet told") }
                if operation.state == .unknown, next.state == .started { faults.append("\(here): started again") }
                if next.outcome == .none, next.state == .finished, next.key != nil {
                    faults.append("\(here): key kept")
                }
                if !wasFinished, next.outcome == .failure, !Self.isRefusal(result) {
                    faults.append("\(here): FAILURE without a refusal")
                }
                go(next, here, ends: ends + (isEnd ? 1 : 0))
            }
        }
        go(Self.sent(), [], ends: 0)
        #expect(faults.isEmpty)
    }

    @Test func `it finishes once; whoever comes later changes nothing`() {
        var operation = Self.sent()
        let first = operation.finishSucceeded(replySequence: 3)
        #expect(first)
        let finished = operation
        let succeeded = operation.finishSucceeded(replySequence: 4)
        #expect(!succeeded)
        let refused = operation.finishRefused(.nothingToRefund)
        #expect(!refused)
        let ended = operation.finishWithoutEffect(.hadNoEffect)
        #expect(!ended)
        #expect(operation.receive(LookedUp.unavailable, now: Fixture.start, random: 0) == .ignore)
        #expect(operation == finished)
    }
}
