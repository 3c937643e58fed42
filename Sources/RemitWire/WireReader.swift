/// A position in the bytes of a message, with what the decoding may still cost.
///
/// The bytes themselves are passed to each call, always the same ones: a span can be lent, but not yet stored
/// or returned. A reader never looks behind its end, and every check is made before anything is allocated.
public struct WireReader: Sendable {
    /// The position of the next byte to read.
    @usableFromInline var offset = 0
    /// The end of the message that is being read.
    @usableFromInline var end: Int
    /// The position of that message's first byte.
    @usableFromInline var messageStart = 0
    /// The tag of the field that is being read, and where it began.
    @usableFromInline var tag: UInt32 = 0
    @usableFromInline var tagOffset = 0
    @usableFromInline var depthLeft: Int
    @usableFromInline var memoryLeft: Int
    /// Whether these bytes were checked before: texts aren't checked again.
    @usableFromInline var isChecked = false

    /// A reader at the beginning of `bytes`.
    @inlinable
    public init(_ bytes: Span<UInt8>, limits: DecodingLimits = .default) {
        end = bytes.count
        depthLeft = limits.depthMax
        memoryLeft = limits.memoryMax
    }

    /// A reader of a part of bytes that were checked before.
    @inlinable
    init(checked range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
        depthLeft = .max
        memoryLeft = .max
        isChecked = true
    }

    /// Reads the next field's tag (number and wire type), or nil at the end of the message.
    @inlinable
    @inline(__always)
    public mutating func nextTag(_ bytes: Span<UInt8>) throws(WireError) -> UInt32? {
        guard offset < end else { return nil }
        tagOffset = offset
        let first = bytes[offset]
        if first < 0x80, first >= 8, first & 7 < 6 {
            offset += 1
            tag = UInt32(first)
            return tag
        }
        // Two bytes: fields 16 to 2047.
        if first >= 0x80, first & 7 < 6, end &- offset >= 2 {
            let second = bytes[offset &+ 1]
            if second < 0x80, second > 0 {
                offset += 2
                tag = UInt32(second) << 7 | UInt32(first & 0x7F)
                return tag
            }
        }
        let (long, next) = Self.longTag(bytes, from: offset, to: end)
        guard next > 0 else { throw tagFailure(bytes) }
        offset = next
        tag = long
        return long
    }

    /// Reads a varint of at most ten bytes; padded ones are accepted.
    @inlinable
    @inline(__always)
    public mutating func readVarint(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
        if offset < end {
            let first = bytes[offset]
            if first < 0x80 {
                offset += 1
                return UInt64(first)
            }
        }
        let (value, next) = Self.longVarint(bytes, from: offset, to: end)
        guard next > 0 else { throw varintFailure(bytes) }
        offset = next
        return value
    }

    /// Reads a little-endian number of its type's width.
    @inlinable
    @inline(__always)
    public mutating func readFixed<Number: FixedWidthInteger>(
        _ bytes: Span<UInt8>, as type: Number.Type
    ) throws(WireError) -> Number {
        let width = MemoryLayout<Number>.size
        guard width <= end - offset else { throw failure(.truncated) }
        var value: Number = 0
        for position in 0..<width {
            value |= Number(truncatingIfNeeded: bytes[offset + position]) << (8 * position)
        }
        offset += width
        return value
    }

    /// Reads a length and the range of the bytes that it announces, which lies within the message.
    @inlinable
    @inline(__always)
    public mutating func readRange(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let length = try readVarint(bytes)
        guard length <= UInt64(end - offset) else { throw failure(.truncated) }
        let start = offset
        offset += Int(length)
        return start..<offset
    }

    /// Takes memory for decoded values off the budget.
    @inlinable
    @inline(__always)
    public mutating func charge(_ memory: Int) throws(WireError) {
        memoryLeft -= memory
        guard memoryLeft >= 0 else { throw failure(.tooLarge) }
    }

    /// An error about the field that is being read.
    @usableFromInline
    func failure(_ reason: WireError.Reason) -> WireError {
        WireError(reason, field: Int(tag >> 3), offset: offset)
    }
}
