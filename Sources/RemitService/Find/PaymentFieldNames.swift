import RemitAPI
import RemitDomain
import RemitWire

/// What the contract calls a payment's fields and the values of its enums.
enum PaymentFieldNames {
    /// What isn't among these is unknown, not just unserved.
    static let all: Set<String> = [
        "id", "version", "created_at_ms", "updated_at_ms", "created_by", "deleted_at_ms", "amount", "currency",
        "status", "stage", "payment_method", "customer_id", "invoice_id", "subscription_id", "order_id",
        "external_id", "stripe_payment_id", "stripe_charge_id", "capture_method", "amount_capturable",
        "amount_captured", "amount_refunded", "amount_disputed", "dispute_status", "dispute_reason", "failure",
        "type", "attempt", "hold", "account", "livemode", "metadata", "description",
    ]

    /// The names of an enum's values, lower-case and without its prefix, with their numbers.
    static func cases(of field: PaymentField) -> [(name: String, number: Int64)] {
        switch field.name {
        case "status": cases(RemitAPI.PaymentStatus.self, prefix: "PAYMENT_STATUS_")
        case "stage": cases(RemitAPI.PaymentStage.self, prefix: "PAYMENT_STAGE_")
        case "capture_method": cases(RemitAPI.CaptureMethod.self, prefix: "CAPTURE_METHOD_")
        case "dispute_status": cases(RemitAPI.DisputeStatus.self, prefix: "DISPUTE_STATUS_")
        case "type": cases(RemitAPI.PaymentType.self, prefix: "PAYMENT_TYPE_")
        default: []
        }
    }

    private static func cases<Value: ProtoEnum>(
        _ type: Value.Type, prefix: String
    ) -> [(name: String, number: Int64)] {
        Value.allCases.dropFirst().compactMap { value in
            value.name.map { ($0.dropFirst(prefix.count).lowercased(), Int64(value.rawValue)) }
        }
    }
}
