import RemitDomain
import RemitService
import RemitStorage
import RemitStripeSimulator
import RemitTenant
import RemitTesting

extension TenantLife {
    /// Holds the rows against the simulator's books, and the callers' answers against both.
    func judge() throws {
        let books = rig.books.summary()
        for call in calls where call.isLost && call.caller.replyCount > 0 { fault("a lost caller was answered") }
        judgeReplies()
        try rig.database.read { rows throws(StorageError) in
            for id in payments { try judge(id, books, rows) }
            for id in sent { try judge(id, rows) }
            for operation in try rows.openOperations() {
                fault("operation \(operation.id.text) \(operation.method) is still \(operation.state)")
            }
            if try rows.inboxDepth() > 0 { fault("\(try rows.inboxDepth()) webhooks still wait") }
            if let due = try rows.nextFetchDue() { fault("a GET still waits for \(due)") }
            try judgeEvents(rows)
        }
    }

    private func judgeReplies() {
        for (index, call) in calls.enumerated() {
            guard let key = call.key, let message = call.caller.message else { continue }
            for other in calls[..<index] where other.key == key {
                guard let earlier = other.caller.message else { continue }
                if earlier != message { fault("two replies to \(key) differ") }
            }
        }
    }

    private func judge(
        _ id: PaymentID, _ books: BooksSummary, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        let intents = books.intents(remitID: id.text)
        guard let row = try rows.payment(id) else { return fault("\(id.text) has no row") }
        let name = "payment \(row.orderID ?? "without order") \(row.stage.name)"
        let live = intents.filter(\.isLive)
        if live.count > 1 { fault("\(name) has \(live.count) live intents") }
        let held = books.paidCharges.filter { charge in live.contains { $0.id == charge.intent } }
        if held.count > 1 { fault("\(name) was charged \(held.count) times") }
        if let hold = row.hold, foreignCaptures == 0 { fault("\(name) is on hold: \(hold)") }
        if row.openCharge != nil { fault("\(name) still has an open charge") }
        try judgeHistory(row, name, rows)
        try judgeRefunds(row, name, books, rows)
        guard let stripeID = row.stripePaymentID else {
            if !intents.isEmpty { fault("\(name) doesn't know its \(intents.count) intents: \(intents.map(\.status))") }
            return
        }
        guard let intent = intents.first(where: { $0.id == stripeID }) else {
            return fault("\(name) names another's intent")
        }
        if let other = live.first, other.id != stripeID { fault("\(name) is \(stripeID), but \(other.id) is live") }
        if !Self.stages(of: intent, books).contains(row.stage) { fault("\(name), but Stripe says \(intent.status)") }
        if row.amountCaptured != intent.amountReceived {
            fault("\(name) captured \(row.amountCaptured), Stripe \(intent.amountReceived)")
        }
        if row.amountCapturable != intent.amountCapturable {
            fault("\(name) can capture \(row.amountCapturable), Stripe \(intent.amountCapturable)")
        }
        if row.stripeChargeID != intent.latestCharge { fault("\(name) has another latest charge") }
    }

    private static func stages(of intent: BooksSummary.Intent, _ books: BooksSummary) -> [PaymentStage] {
        switch intent.status {
        case "requires_payment_method": [.declined, .requiresPaymentMethod]
        case "requires_confirmation": [.requiresConfirmation]
        case "requires_action": [.requiresAction]
        case "processing": [.processing]
        case "requires_capture": [.authorized]
        case "succeeded": [.captured]
        case "canceled": [.canceled, .expired]
        default: []
        }
    }

    private func judgeRefunds(
        _ row: Payment, _ name: String, _ books: BooksSummary, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        let refunds = try rows.refunds(of: row.id)
        let sums = try rows.refundSums(of: row.id)
        if sums.held > row.amountCaptured { fault("\(name) reserves \(sums.held) of \(row.amountCaptured)") }
        if row.amountRefunded != sums.succeeded {
            fault("\(name) refunded \(row.amountRefunded), its refunds \(sums.succeeded)")
        }
        for refund in refunds where refund.stripeRefundID == nil && row.stripePaymentID != nil {
            if refund.status != .failed { fault("\(name) has a refund \(refund.status.name) that Stripe doesn't") }
        }
        for refund in books.refunds where refund.intent == row.stripePaymentID {
            let same = refunds.filter { $0.stripeRefundID == refund.id }
            guard same.count == 1, let ours = same.first else {
                fault(
                    "\(name) has \(same.count) rows of refund \(refund.id) \(refund.status) \(refund.metadata.isEmpty ? "elsewhere" : "ours")"
                )
                continue
            }
            if ours.status.name.lowercased() != refund.status {
                fault("a refund is \(ours.status.name), at Stripe \(refund.status)")
            }
            if ours.amount.minorUnits != refund.amount { fault("a refund has another amount") }
        }
    }

    private func judgeHistory(
        _ row: Payment, _ name: String, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        let history = try rows.history(of: row.id, after: 0, limit: 1_000)
        if history.map(\.ordinal) != (0..<history.count).map({ Int64($0) + 1 }) {
            fault("\(name) has holes in its history")
        }
        for line in history.map(\.row) where line.source == .webhook && line.applied {
            // A failure may have been followed by another try, so no event tells of one without a GET.
            guard line.toStage.isPubliclyFailed, line.toStage != line.fromStage else { continue }
            fault("\(name) failed by \(line.update), unread")
        }
        if history.first?.row.isNew != true { fault("\(name)'s history doesn't begin with it") }
    }

    /// Nobody was told that nothing happened where something did.
    private func judge(
        _ id: OperationID, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) {
        guard let operation = try rows.operation(id) else {
            return fault("operation \(id.text) was sent and has no row")
        }
        guard moved.contains(id) else { return }
        if operation.state == .finished, operation.outcome != .success {
            fault("\(operation.method) moved money and ended \(operation.outcome): \(operation.refusal?.reason ?? "")")
        }
    }

    func judgeEvents(_ rows: borrowing TenantReadTransaction) throws(StorageError) {
        var query = EventQuery()
        query.limit = EventQuery.limitMax
        var expected: Int64 = 1
        var hasMore = true
        while hasMore {
            let page = try rows.events(query, epoch: 7)
            for event in page.events {
                if event.sequence != expected { fault("event \(event.sequence) comes where \(expected) should") }
                expected = event.sequence + 1
            }
            hasMore = page.hasMore
            query.after = page.next
        }
        if try rows.lastSequence() != expected - 1 { fault("the event log ends at another number") }
    }
}
