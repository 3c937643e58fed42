import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Payment rows")
struct PaymentRowTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    private func stored(_ id: PaymentID) throws -> Payment? {
        try tenant.database.read { rows throws(StorageError) in try rows.payment(id) }
    }

    @Test("a payment comes back with every field as it was, set or not")
    func roundTrip() throws {
        let plain = Fixture.payment()
        let full = Fixture.fullPayment()
        #expect(equalFields(full, plain) == ["createdAt", "createdBy"])
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(plain)
            try rows.insert(full)
        }
        #expect(try stored(plain.id) == plain)
        #expect(try stored(full.id) == full)
    }

    @Test("a payment that is only recorded is the same row whether its blank columns are bound or in the INSERT's text")
    func forms() throws {
        var payment = Fixture.payment()
        payment.paymentMethod = "pm_1"
        payment.customer = CustomerID("customer_1")
        payment.orderID = "order"
        payment.externalID = "external"
        payment.description = "Zwei Bücher"
        payment.metadata = Metadata([("key", "value")])
        let rows = try [PaymentRow.uncharged, PaymentRow.whole].map { form in
            let tenant = try TestTenant()
            return try tenant.database.transaction { rows throws(StorageError) in
                try PaymentRow.insert(
                    payment, at: 7, blob: [1, 2], version: 3, first: 4, as: form, into: rows.connection)
                return try rows.connection.quotedRow(of: "payment")
            }
        }
        #expect(rows[0].count == 46)
        #expect(rows[0] == rows[1])
    }

    @Test("a payment with any one value that a recorded one hasn't comes back with it")
    func nearlyUncharged() throws {
        let full = Fixture.fullPayment()
        let fields: [(inout Payment) -> Void] = [
            { $0.deletedAt = full.deletedAt }, { $0.invoice = full.invoice }, { $0.subscription = full.subscription },
            { $0.disputeReason = full.disputeReason }, { $0.failure = full.failure }, { $0.hold = full.hold },
            { $0.account = full.account }, { $0.lastLearned = full.lastLearned }, { $0.learnedAt = full.learnedAt },
            { $0.openCharge = full.openCharge }, { $0.intentOperation = full.intentOperation },
            { $0.captureExpected = full.captureExpected }, { $0.stripePaymentID = full.stripePaymentID },
            { $0.stripeChargeID = full.stripeChargeID }, { $0.amountCapturable = 1 }, { $0.amountCaptured = 1 },
            { $0.amountRefunded = 1 }, { $0.amountDisputed = 1 }, { $0.disputeStatus = full.disputeStatus },
            { $0.attempt = 1 }, { $0.livemode = true }, { $0.isCanceledHere = true }, { $0.captureExpected = 0 },
        ]
        for (index, field) in fields.enumerated() {
            var payment = Fixture.payment("payment_\(index)")
            field(&payment)
            try tenant.database.transaction { rows throws(StorageError) in try rows.insert(payment) }
            #expect(try stored(payment.id) == payment)
        }
    }

    @Test("an update writes every field, and back again")
    func update() throws {
        let plain = Fixture.payment("payment_1")
        let full = Fixture.fullPayment("payment_1")
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(plain)
            try rows.update(full)
        }
        #expect(try stored(plain.id) == full)
        let bytes = try tenant.database.transaction { rows throws(StorageError) in try rows.update(plain) }
        #expect(bytes == TextEncoder.encode(plain))
        #expect(try stored(plain.id) == plain)
    }

    @Test("updating a payment that isn't there is an error")
    func missing() throws {
        #expect(throws: StorageError.self) {
            try tenant.database.transaction { rows throws(StorageError) in try rows.update(Fixture.payment()) }
        }
    }

    @Test("a payment is found by id, order, external id, Stripe id and charge; values are bound, never spliced")
    func keys() throws {
        let full = Fixture.fullPayment()
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(full)
            try rows.insert(Fixture.payment("payment_other"))
        }
        try tenant.database.read { rows throws(StorageError) in
            #expect(try rows.payment(order: full.orderID ?? "") == full)
            #expect(try rows.payment(external: full.externalID ?? "") == full)
            #expect(try rows.payment(stripe: full.stripePaymentID ?? "") == full)
            #expect(try rows.payment(charge: full.stripeChargeID ?? "") == full)
            #expect(try rows.payment(order: "' OR 1 = 1 --") == nil)
            #expect(try rows.payment(PaymentID("payment_none")) == nil)
        }
    }

    @Test("the stored message is the encoder's, by id, order and Stripe id")
    func bytes() throws {
        let full = Fixture.fullPayment()
        let made = try tenant.database.transaction { rows throws(StorageError) in try rows.insert(full) }
        try tenant.database.read { rows throws(StorageError) in
            let copy: (Span<UInt8>) -> [UInt8] = { span in span.indices.map { span[$0] } }
            #expect(try rows.withPaymentBytes(full.id, copy) == made)
            #expect(try rows.withPaymentBytes(order: full.orderID ?? "", copy) == made)
            #expect(try rows.withPaymentBytes(stripe: full.stripePaymentID ?? "", copy) == made)
            #expect(try rows.withPaymentBytes(order: "none", copy) == nil)
        }
        #expect(made == TextEncoder.encode(full))
    }

    @Test("a message of another version is made anew from the columns")
    func olderBytes() throws {
        var payment = Fixture.fullPayment()
        payment.deletedAt = nil
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(payment) }
        tenant.database.close()
        let later = try TenantDatabase.open(path: tenant.path, encoder: LaterEncoder.self)
        try later.read { rows throws(StorageError) in
            let copy: (Span<UInt8>) -> [UInt8] = { span in span.indices.map { span[$0] } }
            #expect(try rows.withPaymentBytes(payment.id, copy) == LaterEncoder.encode(payment))
            #expect(try rows.findPayments(PaymentQuery()).payments == [LaterEncoder.encode(payment)])
        }
    }

    @Test("order, external and Stripe ids are unique; unset ones aren't compared")
    func unique() throws {
        let full = Fixture.fullPayment()
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(full)
            try rows.insert(Fixture.payment("payment_1"))
            try rows.insert(Fixture.payment("payment_2"))
        }
        var copies: [Payment] = []
        for field in [\Payment.orderID, \Payment.externalID, \Payment.stripePaymentID] {
            var copy = Fixture.payment("payment_3")
            copy[keyPath: field] = full[keyPath: field]
            copies.append(copy)
        }
        copies.append(Fixture.payment("payment_1"))
        for copy in copies {
            let error = #expect(throws: StorageError.self) {
                try tenant.database.transaction { rows throws(StorageError) in try rows.insert(copy) }
            }
            #expect(error?.isConstraint == true)
        }
    }

    @Test("the next action stays while the customer must act, and goes with that stage")
    func nextAction() throws {
        var payment = Fixture.payment()
        payment.stage = .requiresAction
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(payment)
            try rows.setSealedNextAction([1, 2, 3], of: payment.id)
            try rows.update(payment)
            #expect(try rows.sealedNextAction(of: payment.id) == [1, 2, 3])
            payment.stage = .processing
            try rows.update(payment)
            #expect(try rows.sealedNextAction(of: payment.id) == nil)
        }
    }

    @Test("lookups by key go through an index")
    func plans() throws {
        let queries = [
            "SELECT 1 FROM payment WHERE order_id = ?", "SELECT 1 FROM payment WHERE external_id = ?",
            "SELECT 1 FROM payment WHERE stripe_payment_id = ?", "SELECT 1 FROM payment WHERE stripe_charge_id = ?",
            "SELECT 1 FROM operation WHERE key = ? AND principal = ?",
            "SELECT 1 FROM payment WHERE place = ? AND id = ?", "SELECT 1 FROM operation WHERE place = ? AND id = ?",
            "SELECT 1 FROM payment WHERE customer_id = ? AND place < ? ORDER BY place DESC",
            "SELECT 1 FROM payment WHERE status = ? AND place < ? ORDER BY place DESC",
            "SELECT 1 FROM operation WHERE payment_id = ? AND state IN (2, 3)",
            "SELECT 1 FROM operation WHERE due_at_ms <= ? ORDER BY due_at_ms",
            "SELECT 1 FROM operation WHERE leader = ?",
            "SELECT max(sequence) FROM event WHERE entity_id = ? AND previous IS NOT NULL",
            "SELECT 1 FROM inbox WHERE object = ? AND state IN (1, 2) ORDER BY arrival",
            "SELECT min(due_at_ms) FROM operation WHERE due_at_ms IS NOT NULL",
            "SELECT 1 FROM refund WHERE payment_id = ? ORDER BY id",
        ]
        for query in queries {
            let statement = try tenant.database.connection.queryStatement("EXPLAIN QUERY PLAN " + query)
            defer { statement.reset() }
            for _ in 0..<query.count(where: { $0 == "?" }) { statement.bind("x") }
            while try statement.step() {
                statement.skip(3)
                let plan = statement.text()
                #expect(plan.hasPrefix("SEARCH"), "\(query): \(plan)")
            }
        }
    }
}
