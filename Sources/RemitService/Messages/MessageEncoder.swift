import RemitAPI
package import RemitDomain
import RemitWire

/// Entities as the contract's messages: what is stored, answered and put into events.
package enum MessageEncoder: EntityEncoder {
    /// Raise it whenever the bytes of an unchanged entity change; golden bytes in the tests hold it to that.
    package static let version: Int64 = 1

    /// Room for most payments without growing; metadata at its limits takes 30 KiB.
    private static let capacity = 1_024

    package static func encode(_ payment: RemitDomain.Payment) -> [UInt8] {
        bytes(of: RemitAPI.Payment(payment))
    }

    package static func encode(_ refund: RemitDomain.Refund) -> [UInt8] {
        bytes(of: RemitAPI.Refund(refund))
    }

    package static func encode(_ customer: RemitDomain.Customer) -> [UInt8] {
        bytes(of: RemitAPI.Customer(customer))
    }

    private static func bytes(of message: some Message) -> [UInt8] {
        var writer = WireWriter(capacity: capacity)
        message.encode(into: &writer)
        return writer.array
    }
}
