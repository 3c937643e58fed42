/// What reads itself from the fields of a message: the message itself, or a view into its bytes.
public protocol WireDecodable: Sendable {
    /// The full name of the message, with its package: `remit.v1.Payment`.
    static var fullName: String { get }

    /// What the decoded message takes in place, in bytes; a view costs a reader's budget as much as the message.
    static var decodedSize: Int { get }

    /// A value with every field at its default.
    init()

    /// Reads fields up to the reader's end and merges them into this value.
    ///
    /// Singular fields are replaced, sub-messages merged, repeated fields appended to.
    /// If it throws, the value is left with what had been read.
    mutating func merge(from bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError)
}

extension WireDecodable {
    /// Reads all of `span`; an error names this message unless it names an inner one.
    @inlinable
    mutating func mergeAll(of span: Span<UInt8>, limits: DecodingLimits) throws(WireError) {
        var reader = WireReader(span, limits: limits)
        do {
            try merge(from: span, &reader)
        } catch {
            throw error.within(Self.fullName)
        }
    }
}
