/// A field of payments that filters may name: as in the message, with its kind.
package struct PaymentField: Hashable, Sendable {
    package let name: String
    package let kind: Kind

    package enum Kind: Hashable, Sendable {
        case text, integer, boolean
        /// Compared for equality only, by the numbers of its cases.
        case enumeration
    }

    private init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The field of that name; nil where there is none.
    package init?(named name: String) {
        guard let field = Self.byName[name] else { return nil }
        self = field
    }

    package static let all: [PaymentField] = [
        PaymentField("id", .text), PaymentField("version", .integer), PaymentField("created_at_ms", .integer),
        PaymentField("updated_at_ms", .integer), PaymentField("created_by", .text),
        PaymentField("deleted_at_ms", .integer), PaymentField("amount", .integer), PaymentField("currency", .text),
        PaymentField("status", .enumeration), PaymentField("stage", .enumeration),
        PaymentField("payment_method", .text), PaymentField("customer_id", .text), PaymentField("invoice_id", .text),
        PaymentField("subscription_id", .text), PaymentField("order_id", .text), PaymentField("external_id", .text),
        PaymentField("stripe_payment_id", .text), PaymentField("stripe_charge_id", .text),
        PaymentField("capture_method", .enumeration), PaymentField("amount_capturable", .integer),
        PaymentField("amount_captured", .integer), PaymentField("amount_refunded", .integer),
        PaymentField("amount_disputed", .integer), PaymentField("dispute_status", .enumeration),
        PaymentField("dispute_reason", .text), PaymentField("failure.code", .text),
        PaymentField("failure.decline_code", .text),
        PaymentField("failure.message", .text), PaymentField("type", .enumeration),
        PaymentField("attempt", .integer), PaymentField("hold", .text), PaymentField("account", .text),
        PaymentField("livemode", .boolean), PaymentField("description", .text),
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
