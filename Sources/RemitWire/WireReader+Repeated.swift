extension WireReader {
    /// Reads one element of a repeated field and appends it.
    @inlinable
    public mutating func readElement<Codec: FieldCodec>(
        _ bytes: Span<UInt8>, _ codec: Codec.Type, into values: inout [Codec.Value]
    ) throws(WireError) {
        try charge(MemoryLayout<Codec.Value>.stride)
        var value = Codec.initial
        try Codec.read(bytes, &self, into: &value)
        values.append(value)
    }

    /// Reads the elements of a packed field and appends them.
    @inlinable
    public mutating func readPacked<Codec: FieldCodec>(
        _ bytes: Span<UInt8>, _ codec: Codec.Type, into values: inout [Codec.Value]
    ) throws(WireError) {
        let outerEnd = try enterPacked(bytes, Codec.wireType)
        if let width = Codec.wireType.width, values.isEmpty {
            // Only once: reserving for each of many small pieces would copy all that is there each time.
            values.reserveCapacity((end - offset) / width)
        }
        while offset < end { try readElement(bytes, codec, into: &values) }
        end = outerEnd
    }

    /// Reads one entry of a map; a missing key or value has its default, of equal keys the last one wins.
    @inlinable
    public mutating func readEntry<Key: FieldCodec, Value: FieldCodec>(
        _ bytes: Span<UInt8>, _ keyCodec: Key.Type, _ valueCodec: Value.Type,
        into map: inout WireMap<Key.Value, Value.Value>
    ) throws(WireError) {
        let outerEnd = try enterEntry(bytes, pairSize: MemoryLayout<WireMap<Key.Value, Value.Value>.Pair>.stride)
        var key = Key.initial
        var value = Value.initial
        while let tag = try nextTag(bytes) {
            switch tag {
            case 1 << 3 | Key.wireType.rawValue: try Key.read(bytes, &self, into: &key)
            case 2 << 3 | Value.wireType.rawValue: try Value.read(bytes, &self, into: &value)
            default: try skip(bytes)
            }
        }
        end = outerEnd
        map[key] = value
    }

    /// Narrows the reader to a packed field; returns the end of the message.
    @inlinable
    @inline(__always)
    mutating func enterPacked(_ bytes: Span<UInt8>, _ type: WireType) throws(WireError) -> Int {
        let range = try readRange(bytes)
        if let width = type.width, !range.count.isMultiple(of: width) { throw failure(.malformedPacked) }
        let outerEnd = end
        offset = range.lowerBound
        end = range.upperBound
        return outerEnd
    }

    /// Narrows the reader to an entry of a map; returns the end of the message.
    @inlinable
    @inline(__always)
    mutating func enterEntry(_ bytes: Span<UInt8>, pairSize: Int) throws(WireError) -> Int {
        let range = try readRange(bytes)
        // Twice: a large map's index takes as much again.
        try charge(2 * pairSize)
        let outerEnd = end
        offset = range.lowerBound
        end = range.upperBound
        return outerEnd
    }
}

extension WireType {
    /// The width of a value in bytes, if it is always the same.
    @inlinable
    var width: Int? {
        switch self {
        case .fixed32: 4
        case .fixed64: 8
        default: nil
        }
    }
}
