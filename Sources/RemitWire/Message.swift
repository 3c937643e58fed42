/// A message in the Protocol Buffers wire format.
public protocol Message: Sendable {
    /// Decodes all of `bytes`; throws when they are no message of this type.
    init(decoding bytes: Span<UInt8>) throws(DecodingFailure)

    /// The message's bytes.
    func encoded() -> [UInt8]
}

/// Why bytes are no message.
public struct DecodingFailure: Error, Sendable {
    /// What is wrong, for logs.
    public var reason: String

    /// Bytes that are no message because of `reason`.
    public init(_ reason: String) { self.reason = reason }
}
