/// Makes the bytes in which entities are stored and answered: their messages in wire format.
package protocol EntityEncoder: Sendable {
    /// Changes when the bytes of an unchanged entity would; older stored bytes are then made anew from the columns.
    static var version: Int64 { get }

    static func encode(_ payment: Payment) -> [UInt8]
    static func encode(_ refund: Refund) -> [UInt8]
    static func encode(_ customer: Customer) -> [UInt8]
}
