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
        if readPlain(bytes, &reader, into: &view) { return }
        let outerEnd = try reader.enterEntry(bytes, pairSize: pairSize)
        while let tag = try reader.nextTag(bytes) {
            switch tag {
            case 1 << 3 | Key.wireType.rawValue: try Self.read(Key.self, bytes, &reader, into: &view.key)
            case 2 << 3 | Value.wireType.rawValue: try Self.read(Value.self, bytes, &reader, into: &view.value)
            default: try reader.skipApart(bytes)
            }
        }
        reader.end = outerEnd
    }

    /// What an entry takes in the decoded message, in bytes.
    @inlinable
    static var pairSize: Int { MemoryLayout<WireMap<Key.Value, Value.Value>.Pair>.stride }

    /// Reads an entry of two texts in the form that every encoder gives short ones: key, value, ASCII, lengths of a byte.
    ///
    /// False: it has another form, or something is wrong with it; nothing was read then.
    @inlinable
    @inline(__always)
    static func readPlain(_ bytes: Span<UInt8>, _ reader: inout WireReader, into view: inout View) -> Bool {
        let start = reader.offset &+ 1
        guard Key.self == StringCodec.self, Value.self == StringCodec.self, start < reader.end else { return false }
        let size = Int(bytes[start &- 1])
        // Two tags and two lengths.
        guard size >= 4, size < 0x80, size <= reader.end &- start, bytes[start] == 1 << 3 | 2 else { return false }
        let keySize = Int(bytes[start &+ 1])
        guard keySize <= size &- 4 else { return false }
        let keyEnd = start &+ 2 &+ keySize
        let end = start &+ size
        guard bytes[keyEnd] == 2 << 3 | 2, Int(bytes[keyEnd &+ 1]) == size &- 4 &- keySize,
            reader.isChecked || WireReader.isASCII(bytes, start, end),
            let key = Range(uncheckedBounds: (start &+ 2, keyEnd)) as? Key.View,
            let value = Range(uncheckedBounds: (keyEnd &+ 2, end)) as? Value.View
        else { return false }
        let memory =
            2 &* pairSize &+ WireReader.memory(ofText: keySize)
            &+ WireReader.memory(ofText: end &- keyEnd &- 2)
        guard memory <= reader.memoryLeft else { return false }
        reader.memoryLeft &-= memory
        reader.offset = end
        view.key = key
        view.value = value
        return true
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
