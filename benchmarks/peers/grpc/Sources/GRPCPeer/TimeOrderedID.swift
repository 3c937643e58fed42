import Synchronization

/// Ids of 26 characters that grow with time, so that new rows go to the right end of their b-trees.
enum TimeOrderedID {
    private static let alphabet = [UInt8]("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// Orders the ids of one millisecond.
    private static let counter = Atomic<UInt64>(0)

    static func next(milliseconds: Int64) -> String {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        // 48 bits of time, 16 of the counter, 64 of chance, and two bits in front that are zero.
        let high = UInt64(milliseconds) << 16 | (count & 0xFFFF)
        let low = UInt64.random(in: .min ... .max)
        let value = UInt128(high) << 64 | UInt128(low)
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for index in 0..<26 { buffer[index] = alphabet[Int(truncatingIfNeeded: value >> (5 * (25 - index))) & 31] }
            return 26
        }
    }
}
