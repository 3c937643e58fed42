/// How the values of one protobuf field type are read and written without their tag.
///
/// Repeated fields and maps are written once for all of these.
public protocol FieldCodec {
    /// The Swift type of the values.
    associatedtype Value: Hashable & Sendable

    /// The layout on the wire.
    static var wireType: WireType { get }

    /// What a missing value means.
    static var initial: Value { get }

    /// Reads a value; a message is merged into the one that is there.
    static func read(_ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Value) throws(WireError)

    /// Writes a value in front of what the writer holds.
    static func write(_ value: Value, into writer: inout WireWriter)
}

/// The codec of an enum.
public enum EnumCodec<Value: ProtoEnum>: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The value with number 0.
    @inlinable
    public static var initial: Value { Value(rawValue: 0) }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Value
    ) throws(WireError) {
        value = try reader.readEnum(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Value, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(bitPattern: Int64(value.rawValue)))
    }
}

/// The codec of a sub-message.
public enum MessageCodec<Value: Message>: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .lengthDelimited }

    /// An empty message.
    @inlinable
    public static var initial: Value { Value() }

    /// Reads a message and merges it into `value`.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Value
    ) throws(WireError) {
        try reader.readMessage(bytes, merging: &value)
    }

    /// Writes a message with its length.
    @inlinable
    public static func write(_ value: Value, into writer: inout WireWriter) {
        let end = writer.count
        value.encode(into: &writer)
        writer.writeVarint(UInt64(writer.count - end))
    }
}
