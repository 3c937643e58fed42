extension Span where Element == UInt8 {
    /// Whether both hold the same bytes; eight are compared at a time.
    package func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        let left = bytes
        let right = other.bytes
        var offset = 0
        while offset + 8 <= count {
            let one = left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard one == right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            offset += 8
        }
        while offset < count {
            guard self[offset] == other[offset] else { return false }
            offset += 1
        }
        return true
    }

    /// A hash for small tables, at least 0, all of whose bits are as good; whoever chooses the keys can make them collide.
    package var quickHash: Int {
        var hash = UInt64(truncatingIfNeeded: count)
        var offset = 0
        while offset + 8 <= count {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            hash = Self.mixed(hash ^ word)
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < count {
            rest = rest << 8 | UInt64(self[offset])
            offset += 1
        }
        return Int(truncatingIfNeeded: Self.mixed(hash ^ rest)) & Int.max
    }

    /// Both halves of a product, in which each bit of the word has its part.
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = (word ^ 0x243f_6a88_85a3_08d3).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
