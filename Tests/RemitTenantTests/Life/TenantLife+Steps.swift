import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting

extension TenantLife {
    /// One random step.
    func step() async throws {
        switch random.number(in: 0...99) {
        case 0..<20: submitVerb()
        case 20..<36: turn()
        case 36..<56:
            guard !rig.work.isEmpty else { return submitVerb() }
            await perform(rig.work.remove(at: random.number(in: 0...(rig.work.count - 1))), isHeard: true)
        case 56..<60: hearLate()
        case 60..<72: deliverWebhook()
        case 72..<75: actElsewhere()
        case 75..<77: if takesLongSteps { try await loseAnswer() } else { actElsewhere() }
        case 77..<78: if takesLongSteps { try await delayEvent() } else { actElsewhere() }
        case 78..<86: try await passTime()
        case 86..<94: injectFault()
        case 94..<95: try failCommit()
        default: try crashSomewhere()
        }
    }

    // MARK: - Calls

    private func submitVerb() {
        if !calls.isEmpty, random.isOnce(in: 4) {
            let earlier = random.pick(calls)
            // A caller that got no answer, or that asks once more.
            return submit(earlier.verb, key: earlier.key, digests: earlier.digests)
        }
        let key = random.isOnce(in: 3) ? nil : "key \(calls.count)"
        switch random.number(in: 0...11) {
        case 0...4: submit(newProcess(), key: key)
        case 5: submit(newCreate(), key: key)
        case 6:
            guard let payment = randomPayment() else { return submit(newProcess(), key: key) }
            var execute = ExecutePayment(payment: payment)
            (execute.paymentMethod, execute.offSession, execute.returnURL) = randomMethod()
            if random.isOnce(in: 2) { execute.captureMethod = .manual }
            submit(execute, key: key)
        case 7...8:
            guard let payment = randomPayment() else { return submit(newCreate(), key: key) }
            var capture = CapturePayment(payment: payment)
            capture.amount = random.pick([nil, nil, 1_000, 4_000, 9_999])
            submit(capture, key: key)
        case 9...10:
            guard let payment = randomPayment() else { return submit(newProcess(), key: key) }
            var refund = RefundPayment(payment: payment)
            refund.amount = random.pick([nil, nil, 1_000, 2_500, 4_000, 9_999])
            if !refundable.contains(payment) { refundable.append(payment) }
            submit(refund, key: key)
        default:
            customers += 1
            submit(CreateCustomer(name: "Ada", email: "ada\(customers)@example.com"), key: key)
        }
    }

    private func submit(_ verb: any Verb, key: String?, digests: [FieldDigest] = []) {
        note("submit \(Self.words(verb)) key \(key ?? "none")")
        let caller = rig.submit(verb, key: key, digests: digests)
        calls.append(Call(verb: verb, key: key, digests: digests, caller: caller))
    }

    private func newProcess() -> ProcessPayment {
        let order = random.number(in: 1...2)
        let amount: Int64 = random.isOnce(in: 12) ? 7_777 : Int64(order) * 5_000
        let (method, offSession, returnURL) = randomMethod()
        var verb = ProcessPayment(orderID: "order-\(order)", amount: amount, paymentMethod: method)
        verb.offSession = offSession
        verb.returnURL = returnURL
        verb.captureMethod = random.isOnce(in: 2) ? .manual : .automatic
        return verb
    }

    private func newCreate() -> CreatePayment {
        var verb = CreatePayment(amount: 6_000)
        if random.isOnce(in: 2) { verb.orderID = "order-\(random.number(in: 1...2))" }
        return verb
    }

    private func randomMethod() -> (method: String, offSession: Bool, returnURL: String?) {
        let method = random.pick([
            "pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired",
            "pm_card_refundFail", "pm_card_pendingRefund", "pm_card_nonsense",
        ])
        let offSession = random.isOnce(in: 2)
        return (method, offSession, offSession || random.isOnce(in: 12) ? nil : "https://shop.example.com/back")
    }

    private func randomPayment() -> PaymentID? {
        payments.isEmpty ? nil : random.pick(payments)
    }

    // MARK: - The world

    private func hearLate() {
        guard !late.isEmpty else { return turn() }
        rig.entries.append(late.remove(at: random.number(in: 0...(late.count - 1))))
        note("a late answer comes")
    }

    private func deliverWebhook() {
        guard !webhooks.isEmpty else { return turn() }
        let index = random.number(in: 0...(webhooks.count - 1))
        let delivery = webhooks[index]
        switch random.number(in: 0...9) {
        case 0...1 where !isLossless:
            lostWebhooks.append(webhooks.remove(at: index))
            note("lose \(delivery.type) \(delivery.eventID)")
        case 2:
            deliver(delivery)
            note("deliver \(delivery.type) \(delivery.eventID), to come again")
        default:
            deliver(webhooks.remove(at: index))
            note("deliver \(delivery.type) \(delivery.eventID)")
        }
    }

    private func actElsewhere() {
        let summary = rig.books.summary()
        guard let intent = summary.intents.isEmpty ? nil : random.pick(summary.intents) else { return submitVerb() }
        var acts: [ForeignAct] = [
            .confirm(intent: intent.id, paymentMethod: random.pick(["pm_card_visa", "pm_card_chargeDeclined"])),
            .authenticate(intent: intent.id, succeeds: !random.isOnce(in: 3)),
            .process(intent: intent.id),
            .settle(intent: intent.id, succeeds: random.isOnce(in: 2)),
            .capture(intent: intent.id, amount: random.pick([nil, 2_000])),
            .cancel(intent: intent.id),
            .refund(intent: intent.id, amount: random.pick([nil, 500])),
        ]
        if let refund = summary.refunds.last { acts.append(.failRefund(refund.id)) }
        let account = intent.account
        // Most acts don't suit the intent's state: the first that does is done.
        while !acts.isEmpty {
            let act = acts.remove(at: random.number(in: 0...(acts.count - 1)))
            guard (try? rig.books.perform(act, account: account)) != nil else { continue }
            if case .capture = act { foreignCaptures += 1 }
            if case .refund = act { foreignRefunds += 1 }
            note("elsewhere: \(act)")
            break
        }
        collectWebhooks()
    }

    /// A charge asks for the customer, nobody hears of it, and webhooks tell what the customer did before it is sent
    /// again: the answer that comes then speaks of the past.
    private func loseAnswer() async throws {
        rig.books.inject(ScriptedFault(random.pick([.timeoutAfter, .resetAfter]), count: random.number(in: 1...4)))
        await askCustomer()
        if random.isOnce(in: 2) { try crash() }
        turn()
        guard let intent = rig.books.summary().intents.last else { return }
        rig.clock.advance(milliseconds: Int64(random.number(in: 0...4_000)))
        let act = ForeignAct.authenticate(intent: intent.id, succeeds: !random.isOnce(in: 4))
        guard (try? rig.books.perform(act, account: intent.account)) != nil else { return }
        note("elsewhere: \(act)")
        collectWebhooks()
        while !webhooks.isEmpty, !random.isOnce(in: 6) {
            deliver(webhooks.remove(at: random.number(in: 0...(webhooks.count - 1))))
        }
        turn()
    }

    /// A payment that asks for its customer's answer; a new order's.
    private func askCustomer() async {
        var verb = ProcessPayment(
            orderID: "order-\(calls.count + 3)", amount: 5_000, paymentMethod: "pm_card_authenticationRequired")
        verb.returnURL = "https://shop.example.com/back"
        verb.captureMethod = random.isOnce(in: 4) ? .automatic : .manual
        submit(verb, key: "key \(calls.count)")
        turn()
        while !rig.work.isEmpty { await perform(rig.work.removeFirst(), isHeard: true) }
    }

    /// An event of an attempt that has failed since comes when another attempt waits for the customer.
    private func delayEvent() async throws {
        rig.books.with { $0.faults = FaultPlan(listLagMilliseconds: $0.faults.listLagMilliseconds) }
        await askCustomer()
        turn()
        guard let intent = rig.books.summary().intents.last else { return }
        let acts: [ForeignAct] = [
            .process(intent: intent.id), .settle(intent: intent.id, succeeds: false),
            .confirm(
                intent: intent.id, paymentMethod: "pm_card_authenticationRequired",
                returnURL: "https://shop.example.com/back"),
        ]
        for act in acts {
            rig.clock.advance(milliseconds: Int64(random.number(in: 0...3_000)))
            guard (try? rig.books.perform(act, account: intent.account)) != nil else { break }
            note("elsewhere: \(act)")
        }
        collectWebhooks()
        let delayed = webhooks.filter { $0.type == "payment_intent.processing" }
        let others = webhooks.filter { $0.type != "payment_intent.processing" }
        webhooks = []
        for delivery in others { deliver(delivery) }
        for _ in 0..<random.number(in: 1...4) {
            turn()
            rig.clock.advance(milliseconds: Int64(random.number(in: 1_000...6_000)))
            turn()
            while !rig.work.isEmpty { await perform(rig.work.removeFirst(), isHeard: true) }
        }
        for delivery in delayed { deliver(delivery) }
        turn()
    }

    private func injectFault() {
        let faults: [SimulatorFault] = [
            .serverErrorBefore, .serverErrorFinal, .serverErrorKept, .serverErrorAfter, .timeoutBefore, .timeoutAfter,
            .timeoutAfter, .resetBefore, .resetAfter, .rateLimited, .lockTimeout, .keyInUse,
        ]
        let fault = ScriptedFault(
            random.pick(faults), isPost: random.isOnce(in: 5) ? nil : true, count: random.pick([1, 1, 2, 3, 5]))
        rig.books.inject(fault)
        note("fault \(fault.fault) × \(fault.count)")
    }

    private func passTime() async throws {
        let milliseconds: Int64
        switch random.number(in: 0...19) {
        case 0...9: milliseconds = Int64(random.number(in: 1...2_500))
        case 10...14: milliseconds = Int64(random.number(in: 3_000...12_000))
        case 15...17: milliseconds = Int64(random.number(in: 25_000...90_000))
        case 18: milliseconds = random.pick([3_700_000, 83_000_000, 90_000_000, 8 * 86_400_000])
        default: milliseconds = -Int64(random.number(in: 1...3_000))
        }
        if milliseconds > 20_000 {
            // No call is on its way for so long.
            for work in orphanedWork { await perform(work, isHeard: false) }
            orphanedWork = []
            while !rig.work.isEmpty { await perform(rig.work.removeFirst(), isHeard: true) }
            rig.entries += late
            late = []
        }
        rig.clock.advance(milliseconds: milliseconds)
        note("\(milliseconds) ms pass")
    }

    // MARK: - Ends of the process

    private func crashSomewhere() throws {
        if random.isOnce(in: 2) {
            // After the COMMIT, before any of its effects.
            note("a turn whose effects are lost")
            _ = rig.core.turn(rig.entries)
        }
        try crash()
    }

    private func failCommit() throws {
        note("a commit fails")
        rig.database.beforeCommit = { () throws(StorageError) in
            throw StorageError(.io, message: "The disk is gone.")
        }
        let entries = rig.entries
        rig.entries = []
        let turn = rig.core.turn(entries)
        for answer in turn.deliveries.answers { answer.caller.receive(answer.result, turn.deliveries.bytes) }
        rig.work += turn.work
        rig.database.beforeCommit = nil
        if case .broken = turn.next { try crash() }
    }
}
