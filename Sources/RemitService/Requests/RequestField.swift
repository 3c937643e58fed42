import RemitAPI
import RemitDomain
import RemitWire

/// Reads one field of a request: a value of the domain, or a refusal that names the field and says what to give.
enum RequestField {
    static func amount(_ value: Int64, _ field: String = "amount") throws(PaymentError) -> Int64 {
        guard (1...Money.minorUnitsMax).contains(value) else {
            throw .amountOutOfRange("Give minor units of the currency, 1 … 999,999,999,999: 4900 for 49.00 USD.")
        }
        return value
    }

    static func amount(ifPresent value: Int64?) throws(PaymentError) -> Int64? {
        guard let value else { return nil }
        return try amount(value)
    }

    /// Nil where none is given.
    static func currency(_ text: String, _ field: String = "currency") throws(PaymentError) -> Currency? {
        guard !text.isEmpty else { return nil }
        guard let currency = Currency(text) else {
            throw .invalid(field, "Give an ISO 4217 code of three letters that is in use, such as usd or eur.")
        }
        return currency
    }

    /// An id of ours; one that names nothing is simply not found.
    static func id<Tag>(_ text: String, _ field: String = "id") throws(PaymentError) -> Identifier<Tag> {
        guard let id = try optionalID(text, field, of: Tag.self) else {
            throw .invalid(field, "Give the id of a \(Tag.entityType.rawValue).")
        }
        return id
    }

    /// An id of ours; nil where none is given.
    static func optionalID<Tag>(
        _ text: String, _ field: String, of tag: Tag.Type = Tag.self
    ) throws(PaymentError) -> Identifier<Tag>? {
        guard !text.isEmpty else { return nil }
        try RequestLimit.checkID(text, field)
        return Identifier(text)
    }

    /// An id of someone else's; nil where none is given.
    static func foreignID(_ text: String, _ field: String) throws(PaymentError) -> String? {
        try RequestLimit.checkID(text, field)
        return text.isEmpty ? nil : text
    }

    /// An id of someone else's that must be given.
    static func requiredID(_ text: String, _ field: String) throws(PaymentError) -> String {
        try RequestLimit.checkID(text, field, isRequired: true)
        return text
    }

    /// A payment method's id; a card number in its place is refused, for it would be stored.
    static func paymentMethod(_ text: String) throws(PaymentError) -> String? {
        guard let id = try foreignID(text, "payment_method") else { return nil }
        if CardNumber.isContained(in: id) { throw .cardNumber(in: "payment_method") }
        return id
    }

    static func description(_ text: String) throws(PaymentError) -> String? {
        try RequestLimit.checkText(text, "description", lengthMax: RequestLimit.descriptionLengthMax)
        return text.isEmpty ? nil : text
    }

    static func metadata(_ map: WireMap<String, String>) throws(PaymentError) -> Metadata {
        // Counted first: building a large map costs a search per entry.
        guard map.count <= RequestLimit.metadataEntriesMax else {
            throw .invalid("metadata", "Give at most \(RequestLimit.metadataEntriesMax) entries.")
        }
        var metadata = Metadata(capacity: map.count)
        for pair in map { metadata[pair.key] = pair.value }
        try RequestLimit.checkMetadata(metadata)
        return metadata
    }

    /// Nil where none is given; needed unless the customer isn't present.
    static func returnURL(_ text: String, offSession: Bool) throws(PaymentError) -> String? {
        try RequestLimit.checkURL(text)
        if text.isEmpty, !offSession {
            throw .invalid(
                "return_url", "Give the URL that the customer returns to after a redirect, or set off_session.")
        }
        return text.isEmpty ? nil : text
    }

    static func expectedVersion(_ value: Int64?) throws(PaymentError) -> Int64? {
        if let value, value < 1 {
            throw .invalid("expected_version", "Give the version that you have seen, 1 or more, or leave it out.")
        }
        return value
    }

    /// Nil where it is unspecified.
    static func captureMethod(_ value: RemitAPI.CaptureMethod) throws(PaymentError) -> RemitDomain.CaptureMethod? {
        try optionalCase(value, "capture_method") { RemitDomain.CaptureMethod(rawValue: $0) }
    }

    static func paymentType(_ value: RemitAPI.PaymentType) throws(PaymentError) -> RemitDomain.PaymentType {
        try optionalCase(value, "type") { RemitDomain.PaymentType(rawValue: $0) } ?? .oneTime
    }

    static func refundReason(_ value: RemitAPI.RefundReason) throws(PaymentError) -> RemitDomain.RefundReason {
        try optionalCase(value, "reason") { RemitDomain.RefundReason(rawValue: $0) } ?? .none
    }

    static func taxExempt(_ value: RemitAPI.TaxExempt) throws(PaymentError) -> RemitDomain.TaxExempt {
        try optionalCase(value, "tax_exempt") { RemitDomain.TaxExempt(rawValue: $0) } ?? .none
    }

    /// 1 … 100; 0: `standard`.
    static func pageSize(_ value: Int32, standard: Int, max: Int = 100) throws(PaymentError) -> Int {
        guard (0...Int32(max)).contains(value) else {
            throw .invalid("page_size", "Give 1 … \(max), or 0 for \(standard).")
        }
        return value == 0 ? standard : Int(value)
    }

    /// The caller's key for this intent; nil where none is given.
    static func idempotencyKey(_ key: String?) throws(PaymentError) -> String? {
        guard let key, !key.isEmpty else { return nil }
        try RequestLimit.checkID(key, "idempotency_key", lengthMax: RequestLimit.keyLengthMax)
        return key
    }

    /// An open enum's value as one of the domain's cases; nil where it is unspecified.
    private static func optionalCase<Value: ProtoEnum, Case>(
        _ value: Value, _ field: String, _ known: (Int64) -> Case?
    ) throws(PaymentError) -> Case? {
        guard value.rawValue != 0 else { return nil }
        guard let found = known(Int64(value.rawValue)) else {
            let names = Value.allCases.dropFirst().compactMap(\.name).joined(separator: ", ")
            throw .invalid(field, "Give one of \(names).")
        }
        return found
    }
}
