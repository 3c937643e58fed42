import RemitAPI
import RemitDomain

extension NewTenant {
    /// A name is a label of a host name: it stands in URLs.
    static let nameLengthMax = 63
    /// Stripe's secrets have about a hundred characters.
    static let secretLengthMax = 255

    init(_ request: CreateTenantRequest) throws(PaymentError) {
        let bytes = request.name.utf8
        let first = bytes.first ?? 0
        guard bytes.count <= Self.nameLengthMax, Self.isLetter(first),
            bytes.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "-") })
        else {
            throw .invalid("name", "Give 1 … 63 lower-case letters, digits and hyphens, beginning with a letter.")
        }
        self.init(
            name: request.name, defaultCurrency: try RequestField.currency(request.defaultCurrency, "default_currency"),
            stripeSecretKey: try Self.secret(request.stripeSecretKey, "stripe_secret_key"),
            webhookSecret: try Self.secret(request.webhookSecret, "webhook_secret"),
            sharedWith: request.sharedWith.isEmpty ? nil : request.sharedWith)
    }

    /// Nil where none is given; the refusal never holds any of it.
    private static func secret(_ text: String, _ field: String) throws(PaymentError) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count <= secretLengthMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid(field, "Give the secret as Stripe shows it: at most 255 characters, no spaces.")
        }
        return text
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
