import RemitDomain
import RemitTesting

@testable import RemitStorage

/// A tenant's file of one test's own, open.
struct TestTenant {
    let directory: TemporaryDirectory
    let database: TenantDatabase

    var path: String { directory.file("tenant.sqlite") }

    static let identity = TenantIdentity(tenant: Fixture.tenant, epoch: 7, digestKey: Array(0..<32))

    init() throws {
        directory = try TemporaryDirectory()
        let path = directory.file("tenant.sqlite")
        try TenantDatabase.create(path: path, identity: Self.identity)
        database = try TenantDatabase.open(path: path, tenant: Fixture.tenant, encoder: TextEncoder.self)
    }
}

extension Fixture {
    /// A payment with a value in every field.
    static func fullPayment(_ id: String = "payment_full") -> Payment {
        var payment = Fixture.payment(id)
        payment.version = 9
        payment.updatedAt = start + 1
        payment.deletedAt = start + 2
        payment.amount = Money(minorUnits: 123_456_789_012, currency: .eur)
        payment.stage = .requiresAction
        payment.paymentMethod = "pm_1"
        payment.customer = CustomerID("customer_1")
        payment.invoice = "invoice_1"
        payment.subscription = "subscription_1"
        payment.orderID = "order \(id)'; DROP TABLE payment; --"
        payment.externalID = "external \(id)"
        payment.stripePaymentID = "pi_\(id)"
        payment.stripeChargeID = "ch_\(id)"
        payment.captureMethod = .manual
        payment.amountCapturable = 1
        payment.amountCaptured = 2
        payment.amountRefunded = 3
        payment.amountDisputed = 4
        payment.disputeStatus = .underReview
        payment.disputeReason = "fraudulent"
        payment.failure = PaymentFailure(code: "card_declined", declineCode: "insufficient_funds", message: "Declined.")
        payment.type = .recurring
        payment.attempt = 3
        payment.hold = "amount_mismatch"
        payment.account = "acct_1"
        payment.livemode = true
        payment.metadata = Metadata([("z", "last first"), ("quote\"\\\n\u{1}", "ü€😀"), ("empty", "")])
        payment.description = "Zwei Bücher"
        payment.lastLearned = start + 3
        payment.learnedAt = start + 4
        payment.isCanceledHere = true
        payment.openCharge = OperationID("operation_charge")
        payment.intentOperation = OperationID("operation_intent")
        payment.captureExpected = 99
        return payment
    }

    static func event(
        _ id: String = "event_1", entity: String = "payment_test", type: EventType = .paymentCreated,
        after: String = "after", operation: OperationID? = nil, stripeEventID: String? = nil
    ) -> EventDraft {
        EventDraft(
            id: EventID(id), type: type, entityType: .payment, entity: entity, verb: "create", after: Array(after.utf8),
            actor: "principal_test", operation: operation, stripeEventID: stripeEventID, at: start)
    }
}

/// Whether every stored property differs between two values: a field that was forgotten would be equal.
func equalFields(_ lhs: some Any, _ rhs: some Any) -> [String] {
    zip(Mirror(reflecting: lhs).children, Mirror(reflecting: rhs).children)
        .filter { String(reflecting: $0.value) == String(reflecting: $1.value) }
        .compactMap(\.0.label)
}

extension Database {
    /// A table's first row, every column with its name, its type and its value as SQLite quotes it.
    func quotedRow(of table: String) throws(StorageError) -> [String] {
        let names = try queryStatement("SELECT name FROM pragma_table_info('\(table)')")
        defer { names.reset() }
        var columns: [String] = []
        while try names.step() {
            let name = names.text()
            let value = try once("SELECT typeof(\(name)) || ' ' || quote(\(name)) FROM \(table)") { $0.text() }
            columns.append("\(name): \(value ?? "no row")")
        }
        return columns
    }
}
