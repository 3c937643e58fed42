/// The values of the payment that both sides encode: what a Create answers with.
enum Sample {
    static let listCount = 100
    static let createdAt: Int64 = 1_767_225_600_123
    static let createdBy = "key_01KE0QZ3V8"
    static let customer = "customer_01KE0QZ3VA5N8RJ7D2YVQ4T1KX"
    static let metadata = [("cart", "c-20931877"), ("channel", "web"), ("campaign", "autumn-newsletter")]

    /// Ids differ in a list, and not in their length.
    static func id(_ number: Int) -> String { "payment_01KE0QZ3VB6P4M9C8X2WHT\(1_000 + number)" }

    static func order(_ number: Int) -> String { "order-1x8k2d-3-\(20_000 + number)" }
}
