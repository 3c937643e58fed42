extension WireReader {
    /// Reads where the content of a `string` lies, which must be UTF-8.
    @inlinable
    public mutating func readStringRange(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let range = try readRange(bytes)
        // As if it were copied: bytes that decoding refuses are refused here, too.
        if range.count > 15 { try charge(range.count + 32) }
        guard isChecked || Self.isASCII(bytes, range) || Self.isUTF8(bytes, range) else {
            throw failure(.invalidUTF8)
        }
        return range
    }

    /// Reads where the content of a `bytes` field lies.
    @inlinable
    public mutating func readBytesRange(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let range = try readRange(bytes)
        if !range.isEmpty { try charge(range.count + 32) }
        return range
    }

    /// Whether all bytes of a range are ASCII, eight at a time.
    @inlinable
    static func isASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let words = bytes.bytes
        let end = range.upperBound
        guard range.count < 8 else {
            var position = range.lowerBound
            // The last eight overlap with those before.
            var seen = words.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self)
            while position < end - 8 {
                seen |= words.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                position += 8
            }
            return seen & 0x8080_8080_8080_8080 == 0
        }
        guard end < 8 else {
            // What lies before the range is shifted out.
            let last = words.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self).littleEndian
            return (last >> (UInt64(8 - range.count) * 8)) & 0x8080_8080_8080_8080 == 0
        }
        for position in range where bytes[position] >= 0x80 { return false }
        return true
    }

    @usableFromInline
    static func isUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        (try? UTF8Span(validating: bytes.extracting(range))) != nil
    }
}
