import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("A tenant's other rows")
struct TenantRowTests {
    private let tenant: TestTenant
    private let start = Fixture.start

    init() throws {
        tenant = try TestTenant()
    }

    private func fullRefund() -> Refund {
        var refund = Fixture.refund("refund_full")
        refund.version = 2
        refund.updatedAt = start + 1
        refund.reason = .fraudulent
        refund.status = .failed
        refund.stripeRefundID = "re_1"
        refund.failureReason = "lost_or_stolen_card"
        refund.account = "acct_1"
        refund.learnedAt = start + 5
        return refund
    }

    private func fullCustomer() -> Customer {
        var customer = Customer(
            id: CustomerID("customer_full"), name: "O'Hara", email: "a@example.org", createdAt: start,
            createdBy: Fixture.principal)
        customer.version = 4
        customer.updatedAt = start + 1
        customer.deletedAt = start + 2
        customer.organization = "org"
        customer.contact = "contact"
        customer.stripeCustomerID = "cus_1"
        customer.paymentMethod = "pm_1"
        customer.currency = .usd
        customer.taxExempt = .reverse
        customer.metadata = Metadata([("a", "1")])
        customer.account = "acct_1"
        customer.livemode = true
        return customer
    }

    @Test("a refund comes back with every field as it was, set or not, by each of its keys")
    func refunds() throws {
        let plain = Fixture.refund()
        let full = fullRefund()
        #expect(equalFields(full, plain) == ["createdAt", "createdBy", "payment", "amount"])
        var operation = Operation(
            id: OperationID("operation_1"), principal: Fixture.principal, key: nil, method: .refundPayment,
            digests: [], entity: full.id.text, payment: full.payment, createdAt: start)
        operation.state = .finished
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(plain)
            try rows.insert(full)
            try rows.insert(operation)
            #expect(try rows.refund(plain.id) == plain)
            #expect(try rows.refund(full.id) == full)
            #expect(try rows.refund(stripe: "re_1") == full)
            #expect(try rows.refund(operation: operation.id) == full)
            #expect(try rows.refunds(of: plain.payment) == [full, plain])
            var moved = plain
            moved.status = .succeeded
            let bytes = try rows.update(moved)
            #expect(try rows.refund(plain.id) == moved)
            #expect(try rows.withRefundBytes(plain.id) { span in span.indices.map { span[$0] } } == bytes)
        }
    }

    @Test("only failed and canceled refunds give their amounts back")
    func refundSums() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            for (index, status) in RefundStatus.allCases.enumerated() {
                var refund = Fixture.refund("refund_\(index)", amount: 1 << Int64(index))
                refund.status = status
                try rows.insert(refund)
            }
            let sums = try rows.refundSums(of: PaymentID("payment_test"))
            #expect(sums == RefundSums(held: 1 + 2 + 4 + 8 + 16, succeeded: 16))
            #expect(try rows.refundSums(of: PaymentID("payment_none")) == RefundSums(held: 0, succeeded: 0))
        }
    }

    @Test("a customer comes back with every field as it was, set or not")
    func customers() throws {
        let full = fullCustomer()
        let plain = Customer(
            id: CustomerID("customer_plain"), name: "", email: "", createdAt: start, createdBy: Fixture.principal)
        #expect(equalFields(full, plain) == ["createdAt", "createdBy"])
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(full)
            try rows.insert(plain)
            #expect(try rows.customer(full.id) == full)
            #expect(try rows.customer(stripe: "cus_1") == full)
            #expect(try rows.customer(plain.id) == plain)
            var renamed = plain
            renamed.name = "Robert'); DROP TABLE customer;--"
            let bytes = try rows.update(renamed)
            #expect(try rows.customer(plain.id) == renamed)
            #expect(try rows.withCustomerBytes(plain.id) { span in span.indices.map { span[$0] } } == bytes)
            try rows.remove(plain.id)
            #expect(try rows.customer(plain.id) == nil)
        }
    }

    @Test("history counts from 1 within each payment, without holes, and is read in pages")
    func history() throws {
        let full = HistoryRow(
            payment: PaymentID("payment_1"), isNew: true, source: .webhook, update: "payment_intent.succeeded",
            applied: false, reason: "late", fromStage: .new, toStage: .captured, actor: "stripe",
            stripeEventID: "evt_1", operation: OperationID("operation_1"), at: start)
        let plain = HistoryRow(
            payment: PaymentID("payment_1"), source: .rpc, update: "capture", applied: true, fromStage: .authorized,
            toStage: .captured, actor: "principal_test", at: start + 1)
        var other = plain
        other.payment = PaymentID("payment_2")
        try tenant.database.transaction { rows throws(StorageError) in
            for row in [full, other, plain, plain] { try rows.append(row) }
            let page = try rows.history(of: full.payment, after: 0, limit: 2)
            #expect(page.map(\.ordinal) == [1, 2])
            #expect(page.map(\.row) == [full, plain])
            #expect(try rows.history(of: full.payment, after: 2, limit: 2).map(\.ordinal) == [3])
            #expect(try rows.history(of: other.payment, after: 0, limit: 9).map(\.ordinal) == [1])
        }
    }

    @Test("what waits for a reason goes on at once, if it came since then; what waits for another stays parked")
    func unparkByReason() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            let kinds: [(String, InboxEntry.State, String, Int64)] = [
                ("old", .parked, "a call", -1), ("first", .parked, "a call", 0), ("pending", .pending, "", 1),
                ("done", .done, "a call", 1), ("other", .parked, "its parent", 2), ("last", .parked, "a call", 3),
            ]
            for (id, state, reason, age) in kinds {
                let entry = InboxEntry(
                    eventID: id, type: "charge.updated", object: "pi_\(id)", bodyDigest: [1], body: [2],
                    receivedAt: start + age, state: state, dueAt: start + 9_000, reason: reason)
                #expect(try rows.insert(entry))
            }
            #expect(try rows.unpark(waitingFor: "a call", receivedSince: start) == 2)
            #expect(try rows.inboxEntries(dueBy: start, limit: 9).map(\.eventID) == ["first", "last"])
            #expect(try rows.inboxEntry("first")?.reason == "")
            let old = try rows.inboxEntry("old")
            #expect(old?.state == .parked && old?.dueAt == start + 9_000)
            #expect(try rows.inboxEntry("other")?.state == .parked)
            #expect(try rows.inboxEntry("done")?.state == .done)
            #expect(try rows.unpark(waitingFor: "a call", receivedSince: start) == 0)
        }
    }

    @Test("an inbox entry comes back as it was; a known event id is stored once")
    func inbox() throws {
        let entry = InboxEntry(
            eventID: "evt_1", type: "payment_intent.succeeded", object: "pi_1",
            bodyDigest: [UInt8](repeating: 7, count: 32), body: Array("{}".utf8), receivedAt: start,
            state: .parked, dueAt: start + 9, attempts: 2, reason: "orphan")
        try tenant.database.transaction { rows throws(StorageError) in
            #expect(try rows.insert(entry))
            #expect(try rows.insert(entry) == false)
            var stored = entry
            stored.arrival = 1
            #expect(try rows.inboxEntry("evt_1") == stored)
            #expect(try rows.inboxEntries(dueBy: start + 8, limit: 9) == [])
            #expect(try rows.nextInboxDue() == start + 9)
            #expect(try rows.inboxDepth() == 1)
            #expect(try rows.unpark("pi_2") == 0)
            #expect(try rows.unpark("pi_1") == 1)
            #expect(try rows.inboxEntries(dueBy: start, limit: 9).map(\.state) == [.pending])
            stored.state = .done
            try rows.update(stored)
            #expect(try rows.inboxEntries(of: "pi_1") == [])
            #expect(try rows.inboxDepth() == 0)
            #expect(try rows.nextInboxDue() == nil)
        }
    }

    @Test("an object's entries queue in the order of their arrival")
    func inboxOrder() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            for (id, object) in [("evt_9", "pi_1"), ("evt_1", "pi_2"), ("evt_5", "pi_1")] {
                let entry = InboxEntry(
                    eventID: id, type: "t", object: object, bodyDigest: [], body: [], receivedAt: start)
                _ = try rows.insert(entry)
            }
            #expect(try rows.inboxEntries(of: "pi_1").map(\.eventID) == ["evt_9", "evt_5"])
            #expect(try rows.inboxEntries(dueBy: start, limit: 2).map(\.eventID) == ["evt_9", "evt_1"])
        }
    }

    @Test("closed inbox entries go after 35 days, open ones stay")
    func inboxExpiry() throws {
        let old = start + -TenantTransaction.inboxRetentionMilliseconds + -1
        try tenant.database.transaction { rows throws(StorageError) in
            for (id, state, at) in [
                ("evt_1", InboxEntry.State.parked, old), ("evt_2", .done, old), ("evt_3", .dead, old),
                ("evt_4", .done, start),
            ] {
                let entry = InboxEntry(
                    eventID: id, type: "t", object: "pi_1", bodyDigest: [], body: [], receivedAt: at, state: state)
                _ = try rows.insert(entry)
            }
            #expect(try rows.expireInbox(at: start, limit: 1) == 1)
            #expect(try rows.expireInbox(at: start, limit: 9) == 1)
            #expect(try rows.inboxEntry("evt_1") != nil)
            #expect(try rows.inboxEntry("evt_2") == nil)
            #expect(try rows.inboxEntry("evt_3") == nil)
            #expect(try rows.inboxEntry("evt_4") != nil)
        }
    }

    @Test("GETs of one object coalesce; what is scheduled during a GET outlives it")
    func fetches() throws {
        let object = ProcessorObject.paymentIntent("pi_1")
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.scheduleFetch(of: object, at: start, reason: "event")
            try rows.scheduleFetch(of: object, at: start + 5_000, reason: "later event")
            try rows.scheduleFetch(of: .charge("pi_1"), at: start + 1, reason: "another kind")
            #expect(try rows.fetches(dueBy: start + 4_999, limit: 9).map(\.object) == [.charge("pi_1")])
            let due = try rows.fetches(dueBy: start + 5_000, limit: 9)
            #expect(due.map(\.object) == [.charge("pi_1"), object])
            #expect(try rows.outlook().nextDue == start + 1)
            try rows.scheduleFetch(of: object, at: start + 6_000, reason: "meanwhile")
            #expect(try rows.finish(due[1]) == false)
            let again = try rows.fetch(of: object)
            #expect(again?.dueAt == start + 6_000)
            #expect(again?.reason == "meanwhile")
            for fetch in try rows.fetches(dueBy: start + 9_000, limit: 9) { #expect(try rows.finish(fetch)) }
            #expect(try rows.outlook().nextDue == nil)
        }
    }
}
