extension WireReader {
    /// Skips the rest of the field whose tag was read last and keeps it, tag included.
    @inlinable
    public mutating func readUnknown(
        _ bytes: Span<UInt8>, into fields: inout UnknownFields
    ) throws(WireError) {
        let start = tagOffset
        try passUnknown(bytes)
        fields.append(bytes, start..<offset)
    }

    /// Skips the rest of the field whose tag was read last, as costly as if it were kept.
    @inlinable
    @inline(__always)
    public mutating func passUnknown(_ bytes: Span<UInt8>) throws(WireError) {
        let start = tagOffset
        try skipApart(bytes)
        try charge(offset - start)
    }

    /// Skips with a copy, so that the caller's reader may stay in registers.
    @inlinable
    @inline(__always)
    mutating func skipApart(_ bytes: Span<UInt8>) throws(WireError) {
        var copy = self
        try copy.skip(bytes)
        self = copy
    }

    /// Skips the rest of the field whose tag was read last.
    public mutating func skip(_ bytes: Span<UInt8>) throws(WireError) {
        switch WireType(rawValue: tag & 7) {
        case .varint: _ = try readVarint(bytes)
        case .fixed64: try advance(8)
        case .lengthDelimited: _ = try readRange(bytes)
        case .startGroup: try skipGroup(bytes, number: tag >> 3)
        case .endGroup: throw failure(.unmatchedEndGroup)
        case .fixed32: try advance(4)
        case nil: throw failure(.malformedTag)
        }
    }

    private mutating func advance(_ width: Int) throws(WireError) {
        guard width <= end - offset else { throw failure(.truncated) }
        offset += width
    }

    private mutating func skipGroup(_ bytes: Span<UInt8>, number: UInt32) throws(WireError) {
        guard depthLeft > 0 else { throw failure(.tooDeep) }
        depthLeft -= 1
        while let tag = try nextTag(bytes) {
            guard tag & 7 == WireType.endGroup.rawValue else {
                try skip(bytes)
                continue
            }
            guard tag >> 3 == number else { throw failure(.unmatchedEndGroup) }
            depthLeft += 1
            return
        }
        throw failure(.truncated)
    }
}
