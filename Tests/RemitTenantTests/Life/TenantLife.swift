import RemitAPI
import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting
import RemitWire

/// One random life of a tenant: calls, losses, crashes and acts made elsewhere, all by one seed; then it heals.
///
/// Every choice is made here, one after the other, so that the seed alone replays it.
final class TenantLife {
    /// One call, and who waits for it.
    struct Call {
        var verb: any Verb
        var key: String?
        var digests: [FieldDigest]
        var caller: TestCaller
        /// The process ended while it waited: it is never answered.
        var isLost = false
        /// Its reply was looked into.
        var isLearned = false
    }

    let seed: UInt64
    let rig: TenantRig
    let random: RemitTesting.SeededRandom
    /// Every webhook comes, sooner or later: then the rows must agree with the books without a GET at the end.
    let isLossless: Bool
    /// Whether a step may take several turns; no, where the disk may go in the midst of it.
    var takesLongSteps = true
    var calls: [Call] = []
    var payments: [PaymentID] = []
    /// Answers that are on their way for long.
    var late: [Entry] = []
    /// Calls that had left when the process ended: they arrive, and nobody hears the answer.
    var orphanedWork: [ProcessorWork] = []
    /// Webhooks on their way, and those that never came.
    var webhooks: [EventDelivery] = []
    var lostWebhooks: [EventDelivery] = []
    /// Those that were delivered and not accepted yet: what isn't accepted comes again.
    var unacceptedWebhooks: [(delivery: EventDelivery, caller: TestCaller)] = []
    /// Those that were accepted since somebody looked last: they don't come again.
    var acceptedWebhooks: [(delivery: EventDelivery, caller: TestCaller)] = []
    /// Operations whose calls were sent, and those of them that moved money or made an object.
    var sent: [OperationID] = []
    var moved: Set<OperationID> = []
    var foreignCaptures = 0
    var foreignRefunds = 0
    /// Payments that somebody wanted refunded.
    var refundable: [PaymentID] = []
    var customers = 0
    /// What happened, for whoever reads of a failure; kept only when asked for.
    var log: [String]?
    private var toldHistory: [PaymentID: Int64] = [:]
    /// What must not be.
    var faults: [String] = []

    /// A new tenant's, or that of the file in `folder`, as of ``TenantRig``.
    init(
        seed: UInt64, isLogged: Bool = false, in folder: TemporaryDirectory? = nil, journal: TestJournal? = nil,
        whenOpened: @escaping (Database) throws -> Void = { _ in }
    ) throws {
        self.seed = seed
        random = RemitTesting.SeededRandom(seed: seed)
        rig = try TenantRig(
            seed: random.next(), inMemory: true, in: folder, journal: journal, whenOpened: whenOpened)
        rig.deliversWebhooks = false
        isLossless = random.isOnce(in: 2)
        let lag: Int64 = random.pick([0, 3_000, 20_000, 60_000])
        rig.books.with { $0.faults.listLagMilliseconds = lag }
        log = isLogged ? [] : nil
    }

    /// Lives, heals, and says what was wrong.
    func run() async throws -> [String] {
        for _ in 0..<random.number(in: 6...26) { try await step() }
        try await heal()
        try judge()
        rig.core.close()
        return faults
    }

    func note(_ text: @autoclosure () -> String) {
        log?.append("\((rig.clock.now().milliseconds - Fixture.start.milliseconds)) ms  \(text())")
    }

    func fault(_ text: String) {
        note("FAULT \(text)")
        faults.append(text)
    }

    // MARK: - Turning

    func turn() {
        for entry in rig.entries { note("in: \(Self.words(entry))") }
        rig.turn()
        collectRefusedWebhooks()
        collectWebhooks()
        learnPayments()
        judgeReservations()
        if log != nil { noteRows() }
    }

    /// At no moment is more promised back than was captured, unless someone else gives it back too.
    private func judgeReservations() {
        guard foreignRefunds == 0, faults.isEmpty else { return }
        let excess = try? rig.database.read { rows throws(StorageError) -> PaymentID? in
            for id in refundable {
                guard let row = try rows.payment(id), try rows.refundSums(of: id).held > row.amountCaptured else {
                    continue
                }
                return id
            }
            return nil
        }
        if let id = excess ?? nil { fault("\(id.text) reserves more for refunds than was captured") }
    }

    private func noteRows() {
        let rows = try? rig.database.read { rows throws(StorageError) in
            var lines: [String] = []
            for id in payments {
                guard let row = try rows.payment(id) else { continue }
                let open = try rows.openOperations(of: id).map { "\($0.id.text.suffix(6)) \($0.method) \($0.state)" }
                lines.append(
                    "\(id.text.suffix(6)) \(row.stage.name) v\(row.version) \(row.stripePaymentID ?? "-") "
                        + "charge \(row.openCharge.map { String($0.text.suffix(6)) } ?? "-") open \(open)")
                let history = try rows.history(of: id, after: toldHistory[id] ?? 0, limit: 100)
                toldHistory[id] = history.last?.ordinal ?? toldHistory[id]
                for line in history {
                    lines.append(
                        "    \(line.row.source) \(line.row.update) \(line.row.applied) \(line.row.reason) → "
                            + "\(line.row.toStage.name) \(line.row.operation.map { String($0.text.suffix(6)) } ?? "")")
                }
            }
            return lines
        }
        for line in rows ?? [] { note("  row \(line)") }
    }

    /// Sends one call that waits; its answer comes now, or much later.
    func perform(_ work: ProcessorWork, isHeard: Bool) async {
        let before = rig.books.summary()
        rig.work.insert(work, at: 0)
        await rig.perform(0)
        let entry = rig.entries.removeLast()
        note("\(Self.words(work)) → \(Self.words(entry))\(isHeard ? "" : ", unheard")")
        if case .send(let operation, _) = work {
            if !sent.contains(operation) { sent.append(operation) }
            if moves(from: before, to: rig.books.summary()) { moved.insert(operation) }
        }
        collectWebhooks()
        guard isHeard else { return }
        if random.isOnce(in: 6) { late.append(entry) } else { rig.entries.append(entry) }
    }

    private func moves(from before: BooksSummary, to after: BooksSummary) -> Bool {
        after.paidCharges.count > before.paidCharges.count || after.amountCaptured > before.amountCaptured
            || after.refunds.count > before.refunds.count || after.customers.count > before.customers.count
    }

    func collectWebhooks() {
        webhooks += rig.books.takeDeliveries()
    }

    /// The process ends.
    func crash() throws {
        note("crash")
        for index in calls.indices where calls[index].caller.replyCount == 0 { calls[index].isLost = true }
        for work in rig.work where random.isOnce(in: 2) { orphanedWork.append(work) }
        late = []
        collectRefusedWebhooks(all: true)
        try rig.crash()
    }

    func deliver(_ delivery: EventDelivery) {
        unacceptedWebhooks.append((delivery, rig.deliver(delivery)))
    }

    /// Stripe sends again what it got no 200 for.
    func collectRefusedWebhooks(all: Bool = false) {
        unacceptedWebhooks.removeAll { delivery, caller in
            if case .accepted = caller.reply?.result {
                acceptedWebhooks.append((delivery, caller))
                return true
            }
            guard all || caller.replyCount > 0 else { return false }
            webhooks.append(delivery)
            return true
        }
    }

    func learnPayments() {
        for index in calls.indices where !calls[index].isLearned {
            guard let message = calls[index].caller.message else { continue }
            calls[index].isLearned = true
            if let refund = calls[index].verb as? RefundPayment, !refundable.contains(refund.payment) {
                refundable.append(refund.payment)
            }
            guard let payment = try? RemitAPI.Payment(decoding: message), payment.id.hasPrefix("payment_") else {
                continue
            }
            let id = PaymentID(payment.id)
            if !payments.contains(id) { payments.append(id) }
        }
        for intent in rig.books.summary().intents {
            guard let id = intent.metadata["remit_id"].map({ PaymentID($0) }) else { continue }
            if !payments.contains(id) { payments.append(id) }
        }
    }

    // MARK: - Words

    static func words(_ verb: any Verb) -> String {
        switch verb {
        case let verb as ProcessPayment:
            "process \(verb.orderID) \(verb.amount) \(verb.paymentMethod) \(verb.captureMethod) off \(verb.offSession)"
        case let verb as CreatePayment: "create \(verb.orderID ?? "without order") \(verb.amount)"
        case let verb as ExecutePayment: "execute \(verb.payment.text.suffix(6)) \(verb.paymentMethod ?? "its own")"
        case let verb as CapturePayment:
            "capture \(verb.payment.text.suffix(6)) \(verb.amount.map(String.init) ?? "all")"
        case let verb as RefundPayment: "refund \(verb.payment.text.suffix(6)) \(verb.amount.map(String.init) ?? "all")"
        default: "\(type(of: verb))"
        }
    }

    static func words(_ work: ProcessorWork) -> String {
        switch work {
        case .send(let operation, let call):
            "send \(operation.text.suffix(6)) \(String(decoding: call.bytes, as: UTF8.self).split(separator: "\n").prefix(2).joined(separator: " "))"
        case .lookUp(let operation, _): "look up \(operation.text.suffix(6))"
        case .fetch(let due): "fetch \(due.object)"
        }
    }

    static func words(_ entry: Entry) -> String {
        switch entry {
        case .verb: "verb"
        case .read: "read"
        case .webhook: "webhook"
        case .answered(let id, let answer):
            "\(id.text.suffix(6)) \("\(answer.word)".replacing("RemitDomain.", with: "").prefix(180)) "
                + (answer.replayed ? "replayed" : "")
        case .lookedUp(let id, let found):
            "\(id.text.suffix(6)) \("\(found)".replacing("RemitDomain.", with: "").prefix(180))"
        case .fetched(_, let fetched): "\("\(fetched)".replacing("RemitDomain.", with: "").prefix(180))"
        }
    }
}
