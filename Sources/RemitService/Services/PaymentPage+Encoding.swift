import RemitAPI
import RemitDomain
import RemitWire

extension PaymentPage {
    /// Tag of `repeated Payment payments = 1`.
    private static let paymentsTag: UInt32 = 1 << 3 | 2

    /// The bytes of a FindPaymentsResponse: stored messages are looked through where they lie and copied as they are.
    func encoded(nextPageToken token: String) throws(PaymentError) -> [UInt8] {
        let rest = FindPaymentsResponse.with {
            $0.nextPageToken = token
            $0.count = count.map { count in
                .with {
                    $0.value = count.value
                    $0.atLeast = count.isAtLeast
                }
            }
        }
        // Room for all of it at once: a tag and a length of at most five bytes stand before each.
        var writer = WireWriter(capacity: payments.reduce(256) { $0 + $1.count + 6 })
        rest.encode(into: &writer)
        for message in payments.reversed() {
            try Self.check(message)
            writer.writeField(Self.paymentsTag, encodedMessage: message)
        }
        return writer.array
    }

    /// One broken row mustn't make a whole page unreadable without a word.
    private static func check(_ message: [UInt8]) throws(PaymentError) {
        do {
            _ = try RemitAPI.Payment.View(validating: message)
        } catch {
            throw PaymentError(
                .internal, reason: "stored_message", message: "A stored payment can't be read; report it.")
        }
    }
}
