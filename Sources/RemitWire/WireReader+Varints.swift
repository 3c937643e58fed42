// The rare cases of reading a tag or a varint. They take a position and return the next one, 0 if there is none, so
// that a loop over fields can keep the reader in registers; why there is none is found out afterwards.
extension WireReader {
    /// Reads a tag of more than one byte.
    @usableFromInline
    static func longTag(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> (tag: UInt32, next: Int) {
        let (value, next) = longVarint(bytes, from: start, to: end)
        // At most five bytes, 32 bits, a number from 1 on and a wire type that there is.
        guard next - start <= 5, value <= UInt64(UInt32.max), value >= 8, value & 7 < 6 else { return (0, 0) }
        return (UInt32(value), next)
    }

    /// Why there is no tag here.
    @usableFromInline
    func tagFailure(_ bytes: Span<UInt8>) -> WireError {
        var position = offset
        while position < end {
            let byte = bytes[position]
            // Of a fifth byte, four bits count.
            let isWide = position == offset + 4 && byte >= 0x10
            if byte < 0x80 || isWide {
                return WireError(.malformedTag, field: 0, offset: isWide ? position : position + 1)
            }
            position += 1
        }
        return WireError(.truncated, field: 0, offset: end)
    }

    /// Reads a varint of any length.
    @usableFromInline
    static func longVarint(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> (value: UInt64, next: Int) {
        if start + 8 <= end {
            let word = UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
            let stops = ~word & 0x8080_8080_8080_8080
            if stops != 0 {
                // Up to the first byte that ends it, without the bits that say whether it goes on.
                let groups = word & (stops ^ (stops &- 1)) & 0x7F7F_7F7F_7F7F_7F7F
                return (joined(groups), start + (stops.trailingZeroBitCount + 1) / 8)
            }
        }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var offset = start
        while offset < end {
            let byte = bytes[offset]
            guard shift < 63 || byte < 2 else { break }
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            guard byte >= 0x80 else { return (value, offset) }
            shift += 7
        }
        return (0, 0)
    }

    /// Why there is no varint here.
    @usableFromInline
    func varintFailure(_ bytes: Span<UInt8>) -> WireError {
        let field = Int(tag >> 3)
        guard end - offset >= 10 else { return WireError(.truncated, field: field, offset: end) }
        return WireError(.malformedVarint, field: field, offset: offset + 9)
    }

    /// Eight groups of seven bits without the gaps between them.
    private static func joined(_ groups: UInt64) -> UInt64 {
        let pairs = groups & 0x007F_007F_007F_007F | (groups & 0x7F00_7F00_7F00_7F00) >> 1
        let fours = pairs & 0x0000_3FFF_0000_3FFF | (pairs & 0x3FFF_0000_3FFF_0000) >> 2
        return fours & 0x0FFF_FFFF | (fours & 0x0FFF_FFFF_0000_0000) >> 4
    }
}
