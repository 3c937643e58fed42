/// The limits on what callers write, and the checks that hold them.
///
/// Lengths count Unicode scalars, as Stripe does.
package enum RequestLimit {
    /// An order's id; Stripe's idempotency keys and most order systems' ids fit.
    package static let orderIDLengthMax = 255
    /// A caller's idempotency key; as long as Stripe's.
    package static let keyLengthMax = 255
    /// Ids of others (external, organization, contact, payment method): as long as the longest that Stripe makes.
    package static let foreignIDLengthMax = 255
    /// Metadata entries of one entity; Stripe's limit.
    package static let metadataEntriesMax = 50
    /// A metadata key; Stripe's limit.
    package static let metadataKeyLengthMax = 40
    /// A metadata value; Stripe's limit.
    package static let metadataValueLengthMax = 500
    /// A description; Stripe shows 500 characters at most in its dashboard.
    package static let descriptionLengthMax = 500
    /// A customer's name; Stripe's limit.
    package static let nameLengthMax = 256
    /// An email address; Stripe's limit, above the 254 of RFC 5321.
    package static let emailLengthMax = 512
    /// `a@b`.
    package static let emailLengthMin = 3
    /// A URL that Stripe returns to; browsers take about 2,000.
    package static let urlLengthMax = 2_048

    /// An id or key of someone else's: exempt from the search for card numbers.
    package static func checkID(
        _ value: String, _ field: String, lengthMax: Int = foreignIDLengthMax, isRequired: Bool = false
    ) throws(PaymentError) {
        if isRequired, value.isEmpty { throw .invalid(field, "Give 1 … \(lengthMax) characters.") }
        try checkLength(value, field, lengthMax)
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid(field, "Leave out control characters.")
        }
    }

    /// Free text: its length, and that it holds no card number.
    package static func checkText(
        _ value: String, _ field: String, lengthMax: Int, isRequired: Bool = false
    ) throws(PaymentError) {
        if isRequired, value.isEmpty { throw .invalid(field, "Give 1 … \(lengthMax) characters.") }
        try checkLength(value, field, lengthMax)
        if CardNumber.isContained(in: value) { throw .cardNumber(in: field) }
    }

    /// An email address: its length and one @ with something on both sides.
    ///
    /// Only a mail can prove more.
    package static func checkEmail(_ value: String, _ field: String = "email") throws(PaymentError) {
        try checkText(value, field, lengthMax: emailLengthMax, isRequired: true)
        let parts = value.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            value.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { throw .invalid(field, "Give an address such as name@example.com.") }
    }

    /// Where a customer returns after a redirect; empty for none.
    package static func checkURL(_ value: String, _ field: String = "return_url") throws(PaymentError) {
        guard !value.isEmpty else { return }
        try checkLength(value, field, urlLengthMax)
        guard value.hasPrefix("https://") || value.hasPrefix("http://"),
            value.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { throw .invalid(field, "Give an absolute http or https URL.") }
    }

    /// Metadata: number of entries, lengths, no card numbers, none of the keys that Remit writes itself.
    package static func checkMetadata(_ metadata: Metadata, _ field: String = "metadata") throws(PaymentError) {
        guard metadata.entries.count <= metadataEntriesMax else {
            throw .invalid(field, "Give at most \(metadataEntriesMax) entries.")
        }
        for entry in metadata.entries {
            guard !entry.key.isEmpty, entry.key.unicodeScalars.count <= metadataKeyLengthMax else {
                throw .invalid(field, "Give keys of 1 … \(metadataKeyLengthMax) characters.")
            }
            guard !entry.key.hasPrefix("remit_") else {
                throw .invalid(field, "Keys that begin with remit_ are Remit's own.")
            }
            try checkLength(entry.value, field, metadataValueLengthMax)
            if CardNumber.isContained(in: entry.key) || CardNumber.isContained(in: entry.value) {
                throw .cardNumber(in: field)
            }
        }
    }

    private static func checkLength(_ value: String, _ field: String, _ lengthMax: Int) throws(PaymentError) {
        // Bytes bound scalars; only a long text is counted.
        guard value.utf8.count <= lengthMax || value.unicodeScalars.count <= lengthMax else {
            throw .invalid(field, "Give at most \(lengthMax) characters.")
        }
    }
}
