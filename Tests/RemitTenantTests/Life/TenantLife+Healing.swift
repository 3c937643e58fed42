import RemitDomain
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting

extension TenantLife {
    /// Nothing goes wrong any more: what is on its way arrives, what is due is done, what is open is read.
    func heal() async throws {
        note("heal")
        // Lists lag for good: who waits long enough sees all.
        rig.books.with { $0.faults = FaultPlan(listLagMilliseconds: $0.faults.listLagMilliseconds) }
        for work in orphanedWork { await perform(work, isHeard: false) }
        rig.entries += late
        late = []
        collectWebhooks()
        var deliveries = webhooks + lostWebhooks
        if !isLossless, random.isOnce(in: 2) {
            // What no GET of an open payment would show comes at last; the rest is lost for good.
            deliveries = deliveries.filter { !$0.type.hasPrefix("payment_intent.") && !$0.type.hasPrefix("charge.") }
        }
        deliveries.shuffle(using: &shuffler)
        for delivery in deliveries { deliver(delivery) }
        webhooks = []
        try await rest(forMilliseconds: 120_000)
        try await rest(forMilliseconds: 27 * 3_600_000)
        for call in calls where !call.isLost && call.caller.replyCount != 1 {
            fault("a caller of \(Self.words(call.verb)) was answered \(call.caller.replyCount) times")
        }
        if !isLossless { try readWhatIsOpen() }
        try await rest(forMilliseconds: 120_000)
    }

    private var shuffler: RemitTesting.SeededRandom {
        get { random }
        // It is a reference: nothing to set.
        set {}
    }

    /// Runs until nothing is due for so long.
    private func rest(forMilliseconds limit: Int64) async throws {
        let end = rig.clock.now() + limit
        for _ in 0..<3_000 {
            turn()
            while !rig.work.isEmpty {
                let work = rig.work.removeFirst()
                await perform(work, isHeard: true)
            }
            rig.entries += late
            late = []
            for delivery in webhooks { deliver(delivery) }
            webhooks = []
            guard rig.entries.isEmpty else { continue }
            guard let due = rig.core.nextDue, due <= end else {
                rig.clock.set(max(end, rig.clock.now()))
                return
            }
            rig.clock.set(max(due, rig.clock.now()))
        }
        fault("it doesn't come to rest")
    }

    /// A GET of every payment and refund that isn't final, as a gap detector would have it.
    private func readWhatIsOpen() throws {
        learnPayments()
        try rig.database.transaction { tx throws(StorageError) in
            for id in payments {
                guard let payment = try tx.payment(id) else { continue }
                if let intent = payment.stripePaymentID, !payment.stage.isFinal {
                    try tx.scheduleFetch(of: .paymentIntent(intent), at: rig.clock.now(), reason: "open")
                }
                for refund in try tx.refunds(of: id) where refund.status.level < 3 {
                    guard let object = refund.stripeRefundID else { continue }
                    try tx.scheduleFetch(of: .refund(object), at: rig.clock.now(), reason: "open")
                }
            }
        }
        // What is due was written past the core: it learns of it as it opens.
        try crash()
    }
}
