/// How the values of one protobuf field type are read through a view.
public protocol ViewCodec {
    /// A value as a view has it: numbers as they are, `string` and `bytes` as ranges, messages as views.
    associatedtype View: Sendable

    /// The layout on the wire.
    static var wireType: WireType { get }

    /// What a missing value means.
    static var initialView: View { get }

    /// What one value of a repeated field takes in the decoded message, in bytes, beside what reading it accounts for.
    static var elementSize: Int { get }

    /// Reads a value; a message is merged into the one that is there.
    static func readView(_ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout View) throws(WireError)
}

extension ViewCodec where Self: FieldCodec {
    /// The width of an array's element.
    @inlinable
    public static var elementSize: Int { MemoryLayout<Value>.stride }
}

/// The codec of a type whose values a view holds as the message does: numbers and enums.
public protocol NumberCodec: FieldCodec, ViewCodec where View == Value {}

extension NumberCodec {
    /// The default.
    @inlinable
    public static var initialView: Value { initial }

    /// Reads a value.
    @inlinable
    @inline(__always)
    public static func readView(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout Value
    ) throws(WireError) {
        try read(bytes, &reader, into: &view)
    }
}

extension Int32Codec: NumberCodec {}
extension Int64Codec: NumberCodec {}
extension UInt32Codec: NumberCodec {}
extension UInt64Codec: NumberCodec {}
extension SInt32Codec: NumberCodec {}
extension SInt64Codec: NumberCodec {}
extension Fixed32Codec: NumberCodec {}
extension Fixed64Codec: NumberCodec {}
extension SFixed32Codec: NumberCodec {}
extension SFixed64Codec: NumberCodec {}
extension FloatCodec: NumberCodec {}
extension DoubleCodec: NumberCodec {}
extension BoolCodec: NumberCodec {}
extension EnumCodec: NumberCodec {}

extension ViewCodec where View == Range<Int> {
    /// An empty range.
    @inlinable
    public static var initialView: Range<Int> { 0..<0 }
}

extension StringCodec: ViewCodec {
    /// Reads where a value lies, which must be UTF-8.
    @inlinable
    @inline(__always)
    public static func readView(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout Range<Int>
    ) throws(WireError) {
        view = try reader.readStringRange(bytes)
    }
}

extension BytesCodec: ViewCodec {
    /// Reads where a value lies.
    @inlinable
    @inline(__always)
    public static func readView(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout Range<Int>
    ) throws(WireError) {
        view = try reader.readBytesRange(bytes)
    }
}

extension MessageCodec: ViewCodec where Value: ViewedMessage {
    /// A view of an empty message.
    @inlinable
    public static var initialView: Value.View { Value.View() }

    /// Nothing: reading a message accounts for it.
    @inlinable
    public static var elementSize: Int { 0 }

    /// Reads a message and merges it into `view`.
    @inlinable
    @inline(__always)
    public static func readView(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout Value.View
    ) throws(WireError) {
        try reader.readView(bytes, merging: &view)
    }
}
