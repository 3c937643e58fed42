/// A protobuf message: a plain value that reads itself from bytes and writes itself to them.
///
/// Generated code conforms to it; two messages are equal if all of their fields are, the unknown ones included.
public protocol Message: WireDecodable, Hashable {
    /// Writes this message in front of what the writer holds already.
    func encode(into writer: inout WireWriter)

    /// The fields that this definition doesn't know.
    var unknownFields: UnknownFields { get set }
}

extension Message {
    /// What a message takes in place, in bytes.
    @inlinable
    public static var decodedSize: Int { MemoryLayout<Self>.size }

    /// Reads a message from all of `span`.
    @inlinable
    public init(decoding span: Span<UInt8>, limits: DecodingLimits = .default) throws(WireError) {
        self.init()
        try merge(decoding: span, limits: limits)
    }

    /// Reads a message from all of `bytes`, within the default limits.
    @inlinable
    public init(decoding bytes: [UInt8]) throws(WireError) {
        try self.init(decoding: bytes.span)
    }

    /// Reads a message from all of `span` and merges it into this one.
    @inlinable
    public mutating func merge(decoding span: Span<UInt8>, limits: DecodingLimits = .default) throws(WireError) {
        try mergeAll(of: span, limits: limits)
    }

    /// This message's bytes.
    ///
    /// Equal messages give equal bytes in one process, though not across versions of their definition.
    @inlinable
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        encode(into: &writer)
        return writer.array
    }

    /// A new message whose fields `populate` has set.
    @inlinable
    public static func with<E: Error>(_ populate: (inout Self) throws(E) -> Void) throws(E) -> Self {
        var message = Self()
        try populate(&message)
        return message
    }
}
