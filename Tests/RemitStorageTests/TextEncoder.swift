import RemitDomain

/// Messages that a test can read: what Swift says of the value.
enum TextEncoder: EntityEncoder {
    static let version: Int64 = 1

    static func encode(_ payment: Payment) -> [UInt8] { Array(String(reflecting: payment).utf8) }
    static func encode(_ refund: Refund) -> [UInt8] { Array(String(reflecting: refund).utf8) }
    static func encode(_ customer: Customer) -> [UInt8] { Array(String(reflecting: customer).utf8) }
}

/// The same in a later form.
enum LaterEncoder: EntityEncoder {
    static let version: Int64 = 2

    static func encode(_ payment: Payment) -> [UInt8] { Array("2:\(payment.id.text)".utf8) }
    static func encode(_ refund: Refund) -> [UInt8] { Array("2:\(refund.id.text)".utf8) }
    static func encode(_ customer: Customer) -> [UInt8] { Array("2:\(customer.id.text)".utf8) }
}
