/// The codec of `int32`.
public enum Int32Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: Int32 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int32
    ) throws(WireError) {
        value = try reader.readInt32(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int32, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(bitPattern: Int64(value)))
    }
}

/// The codec of `int64`.
public enum Int64Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: Int64 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int64
    ) throws(WireError) {
        value = try reader.readInt64(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int64, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(bitPattern: value))
    }
}

/// The codec of `uint32`.
public enum UInt32Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: UInt32 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout UInt32
    ) throws(WireError) {
        value = try reader.readUInt32(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: UInt32, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(value))
    }
}

/// The codec of `uint64`.
public enum UInt64Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: UInt64 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout UInt64
    ) throws(WireError) {
        value = try reader.readUInt64(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: UInt64, into writer: inout WireWriter) {
        writer.writeVarint(value)
    }
}

/// The codec of `sint32`.
public enum SInt32Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: Int32 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int32
    ) throws(WireError) {
        value = try reader.readSInt32(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int32, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
    }
}

/// The codec of `sint64`.
public enum SInt64Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: Int64 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int64
    ) throws(WireError) {
        value = try reader.readSInt64(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int64, into writer: inout WireWriter) {
        writer.writeVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }
}

/// The codec of `bool`.
public enum BoolCodec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .varint }

    /// The default.
    @inlinable
    public static var initial: Bool { false }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Bool
    ) throws(WireError) {
        value = try reader.readBool(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Bool, into writer: inout WireWriter) {
        writer.writeVarint(value ? 1 : 0)
    }
}

/// The codec of `fixed32`.
public enum Fixed32Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed32 }

    /// The default.
    @inlinable
    public static var initial: UInt32 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout UInt32
    ) throws(WireError) {
        value = try reader.readFixed32(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: UInt32, into writer: inout WireWriter) {
        writer.writeFixed(value)
    }
}

/// The codec of `fixed64`.
public enum Fixed64Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed64 }

    /// The default.
    @inlinable
    public static var initial: UInt64 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout UInt64
    ) throws(WireError) {
        value = try reader.readFixed64(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: UInt64, into writer: inout WireWriter) {
        writer.writeFixed(value)
    }
}

/// The codec of `sfixed32`.
public enum SFixed32Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed32 }

    /// The default.
    @inlinable
    public static var initial: Int32 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int32
    ) throws(WireError) {
        value = try reader.readSFixed32(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int32, into writer: inout WireWriter) {
        writer.writeFixed(UInt32(bitPattern: value))
    }
}

/// The codec of `sfixed64`.
public enum SFixed64Codec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed64 }

    /// The default.
    @inlinable
    public static var initial: Int64 { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Int64
    ) throws(WireError) {
        value = try reader.readSFixed64(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Int64, into writer: inout WireWriter) {
        writer.writeFixed(UInt64(bitPattern: value))
    }
}

/// The codec of `float`.
public enum FloatCodec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed32 }

    /// The default.
    @inlinable
    public static var initial: Float { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Float
    ) throws(WireError) {
        value = try reader.readFloat(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Float, into writer: inout WireWriter) {
        writer.writeFixed(value.bitPattern)
    }
}

/// The codec of `double`.
public enum DoubleCodec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .fixed64 }

    /// The default.
    @inlinable
    public static var initial: Double { 0 }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout Double
    ) throws(WireError) {
        value = try reader.readDouble(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: Double, into writer: inout WireWriter) {
        writer.writeFixed(value.bitPattern)
    }
}

/// The codec of `string`.
public enum StringCodec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .lengthDelimited }

    /// The default.
    @inlinable
    public static var initial: String { "" }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout String
    ) throws(WireError) {
        value = try reader.readString(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: String, into writer: inout WireWriter) {
        writer.writeString(value)
    }
}

/// The codec of `bytes`.
public enum BytesCodec: FieldCodec {
    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .lengthDelimited }

    /// The default.
    @inlinable
    public static var initial: [UInt8] { [] }

    /// Reads a value.
    @inlinable
    public static func read(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into value: inout [UInt8]
    ) throws(WireError) {
        value = try reader.readBytes(bytes)
    }

    /// Writes a value.
    @inlinable
    public static func write(_ value: [UInt8], into writer: inout WireWriter) {
        writer.writeBytes(value)
    }
}
