/// The names of a payment's fields in the contract: what isn't among them is unknown, not just unserved.
enum PaymentFieldNames {
    static let all: Set<String> = [
        "id", "version", "created_at_ms", "updated_at_ms", "created_by", "deleted_at_ms", "amount", "currency",
        "status", "stage", "payment_method", "customer_id", "invoice_id", "subscription_id", "order_id",
        "external_id", "stripe_payment_id", "stripe_charge_id", "capture_method", "amount_capturable",
        "amount_captured", "amount_refunded", "amount_disputed", "dispute_status", "dispute_reason", "failure",
        "type", "attempt", "hold", "account", "livemode", "metadata", "description",
    ]
}
