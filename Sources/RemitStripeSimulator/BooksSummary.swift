package import RemitStripe

/// The books, for assertions and for people; amounts in Stripe's scale, oldest first.
package struct BooksSummary: Hashable, Sendable {
    package struct Intent: Hashable, Sendable {
        package var id: String
        package var account: String
        package var created: Int64
        package var status: String
        package var amount: Int64
        package var currency: String
        package var amountCapturable: Int64
        package var amountReceived: Int64
        package var latestCharge: String?
        package var customer: String?
        package var metadata: [String: String]

        /// Not canceled: money is held or was taken, or may still be.
        package var isLive: Bool { status != "canceled" }
    }

    package struct Charge: Hashable, Sendable {
        package var id: String
        package var intent: String
        package var paid: Bool
        package var captured: Bool
        package var amount: Int64
        package var amountCaptured: Int64
        package var amountRefunded: Int64
        package var metadata: [String: String]
    }

    package struct Refund: Hashable, Sendable {
        package var id: String
        package var intent: String
        package var charge: String
        package var amount: Int64
        package var status: String
        package var metadata: [String: String]
    }

    package struct Customer: Hashable, Sendable {
        package var id: String
        package var deleted: Bool
        package var metadata: [String: String]
    }

    package private(set) var intents: [Intent] = []
    package private(set) var charges: [Charge] = []
    package private(set) var refunds: [Refund] = []
    package private(set) var customers: [Customer] = []
    /// How many events there were, of those that are kept.
    package private(set) var events = 0

    /// Intents made for the payment with this id here (`metadata.remit_id`).
    package func intents(remitID: String) -> [Intent] { intents.filter { $0.metadata["remit_id"] == remitID } }

    /// Those of them that aren't canceled; more than one is what must never be.
    package func liveIntents(remitID: String) -> [Intent] { intents(remitID: remitID).filter(\.isLive) }

    /// Charges that took or hold money.
    package var paidCharges: [Charge] { charges.filter(\.paid) }

    package var amountCaptured: Int64 { charges.reduce(0) { $0 + $1.amountCaptured } }

    package var amountRefunded: Int64 { charges.reduce(0) { $0 + $1.amountRefunded } }

    /// The books as JSON.
    ///
    /// Not one of Stripe's shapes.
    package var json: JSONValue {
        [
            "note": "The simulator's own view. Stripe has nothing like it.",
            "amount_captured": .integer(amountCaptured), "amount_refunded": .integer(amountRefunded),
            "events": .integer(Int64(events)),
            "payment_intents": .array(intents.map(Self.json)), "charges": .array(charges.map(Self.json)),
            "refunds": .array(refunds.map(Self.json)), "customers": .array(customers.map(Self.json)),
        ]
    }

    mutating func add(_ books: AccountBooks) {
        intents += books.intents.all.map {
            Intent(
                id: $0.id, account: books.id, created: $0.created, status: $0.status.rawValue, amount: $0.amount,
                currency: $0.currency, amountCapturable: $0.amountCapturable, amountReceived: $0.amountReceived,
                latestCharge: $0.latestCharge, customer: $0.customer, metadata: $0.metadata)
        }
        charges += books.charges.all.map {
            Charge(
                id: $0.id, intent: $0.intent, paid: $0.paid, captured: $0.captured, amount: $0.amount,
                amountCaptured: $0.amountCaptured, amountRefunded: $0.amountRefunded, metadata: $0.metadata)
        }
        refunds += books.refunds.all.map {
            Refund(
                id: $0.id, intent: $0.intent, charge: $0.charge, amount: $0.amount, status: $0.status.rawValue,
                metadata: $0.metadata)
        }
        customers += books.customers.all.map { Customer(id: $0.id, deleted: $0.deleted, metadata: $0.metadata) }
        events += books.events.order.count
    }

    private static func json(_ intent: Intent) -> JSONValue {
        [
            "id": .string(intent.id), "account": .string(intent.account), "status": .string(intent.status),
            "amount": .integer(intent.amount), "currency": .string(intent.currency),
            "amount_capturable": .integer(intent.amountCapturable),
            "amount_received": .integer(intent.amountReceived), "latest_charge": .optional(intent.latestCharge),
            "customer": .optional(intent.customer), "metadata": json(intent.metadata),
        ]
    }

    private static func json(_ charge: Charge) -> JSONValue {
        [
            "id": .string(charge.id), "payment_intent": .string(charge.intent), "paid": .bool(charge.paid),
            "captured": .bool(charge.captured), "amount": .integer(charge.amount),
            "amount_captured": .integer(charge.amountCaptured), "amount_refunded": .integer(charge.amountRefunded),
            "metadata": json(charge.metadata),
        ]
    }

    private static func json(_ refund: Refund) -> JSONValue {
        [
            "id": .string(refund.id), "payment_intent": .string(refund.intent), "charge": .string(refund.charge),
            "amount": .integer(refund.amount), "status": .string(refund.status), "metadata": json(refund.metadata),
        ]
    }

    private static func json(_ customer: Customer) -> JSONValue {
        ["id": .string(customer.id), "deleted": .bool(customer.deleted), "metadata": json(customer.metadata)]
    }

    private static func json(_ metadata: [String: String]) -> JSONValue {
        .object(metadata.mapValues(JSONValue.string))
    }
}
