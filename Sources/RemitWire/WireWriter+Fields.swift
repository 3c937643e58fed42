extension WireWriter {
    /// Writes a field: its value, then in front of it its tag.
    @inlinable
    @inline(__always)
    public mutating func writeField<Codec: FieldCodec>(_ tag: UInt32, _ value: Codec.Value, _ codec: Codec.Type) {
        Codec.write(value, into: &self)
        writeTag(tag)
    }

    /// Writes a sub-message field.
    @inlinable
    public mutating func writeField<Value: Message>(_ tag: UInt32, _ message: Value) {
        MessageCodec<Value>.write(message, into: &self)
        writeTag(tag)
    }

    /// Writes a sub-message field whose message is encoded already: a reply made of a stored one.
    @inlinable
    public mutating func writeField(_ tag: UInt32, encodedMessage bytes: [UInt8]) {
        writeBytes(bytes)
        writeTag(tag)
    }

    /// Writes a repeated field, each element with its tag.
    @inlinable
    public mutating func writeRepeated<Codec: FieldCodec>(
        _ tag: UInt32, _ values: [Codec.Value], _ codec: Codec.Type
    ) {
        // Lent: an iterator would copy each element, which retains every string of a message.
        values.withUnsafeBufferPointer { elements in
            for index in elements.indices.reversed() {
                lend(elements, index) { element in
                    Codec.write(element, into: &self)
                    writeTag(tag)
                }
            }
        }
    }

    /// Writes a repeated field packed: one tag, one length, all elements.
    ///
    /// An empty one isn't written.
    @inlinable
    public mutating func writePacked<Codec: FieldCodec>(
        _ tag: UInt32, _ values: [Codec.Value], _ codec: Codec.Type
    ) {
        guard !values.isEmpty else { return }
        let end = count
        values.withUnsafeBufferPointer { elements in
            for index in elements.indices.reversed() {
                lend(elements, index) { Codec.write($0, into: &self) }
            }
        }
        writeVarint(UInt64(count - end))
        writeTag(tag)
    }

    /// Writes a map, its pairs in their order; key and value are always written.
    @inlinable
    public mutating func writeMap<Key: FieldCodec, Value: FieldCodec>(
        _ tag: UInt32, _ map: WireMap<Key.Value, Value.Value>, _ keyCodec: Key.Type, _ valueCodec: Value.Type
    ) {
        map.pairs.withUnsafeBufferPointer { pairs in
            for index in pairs.indices.reversed() {
                lend(pairs, index) { pair in
                    let end = count
                    writeField(2 << 3 | Value.wireType.rawValue, pair.value, valueCodec)
                    writeField(1 << 3 | Key.wireType.rawValue, pair.key, keyCodec)
                    writeVarint(UInt64(count - end))
                    writeTag(tag)
                }
            }
        }
    }

    /// Writes the fields that a message's definition doesn't know: call it first, they stand last.
    @inlinable
    public mutating func writeUnknown(_ fields: UnknownFields) {
        guard !fields.isEmpty else { return }
        prepend(fields.bytes)
    }
}

/// Lends an element where it lies.
///
/// What may not be copied here isn't copied when this is compiled for a type that may.
@inlinable
@inline(__always)
func lend<Element: ~Copyable>(
    _ elements: UnsafeBufferPointer<Element>, _ index: Int, _ body: (borrowing Element) -> Void
) {
    body(elements[index])
}
