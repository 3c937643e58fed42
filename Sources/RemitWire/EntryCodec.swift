/// How the entries of a map are read through a view, one by one.
public enum EntryCodec<Key: FieldCodec & ViewCodec, Value: FieldCodec & ViewCodec>: ViewCodec {
    /// One entry; a key or value that is missing on the wire has its default.
    public struct View: Sendable {
        /// The key.
        public var key: Key.View
        /// The value.
        public var value: Value.View

        @inlinable
        init() {
            key = Key.initialView
            value = Value.initialView
        }
    }

    /// The layout on the wire.
    @inlinable
    public static var wireType: WireType { .lengthDelimited }

    /// An entry of defaults.
    @inlinable
    public static var initialView: View { View() }

    /// Nothing: reading an entry accounts for it.
    @inlinable
    public static var elementSize: Int { 0 }

    /// Reads an entry.
    @inlinable
    @inline(__always)
    public static func readView(
        _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout View
    ) throws(WireError) {
        let outerEnd = try reader.enterEntry(bytes, pairSize: MemoryLayout<WireMap<Key.Value, Value.Value>.Pair>.stride)
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 1 << 3 | Key.wireType.rawValue: try Self.read(Key.self, bytes, &reader, into: &view.key)
            case 2 << 3 | Value.wireType.rawValue: try Self.read(Value.self, bytes, &reader, into: &view.value)
            default: try reader.skipApart(bytes)
            }
        }
        reader.end = outerEnd
    }

    /// Reads a key or value so that the caller's reader may stay in registers: a text in place, others with a copy.
    @inlinable
    @inline(__always)
    static func read<Codec: ViewCodec>(
        _ codec: Codec.Type, _ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout Codec.View
    ) throws(WireError) {
        // Known when this is compiled for its types: a call through the protocol would need the reader in memory.
        if codec == StringCodec.self, let text = try reader.readStringRange(bytes) as? Codec.View {
            view = text
            return
        }
        var copy = reader
        try Codec.readView(bytes, &copy, into: &view)
        reader = copy
    }
}
