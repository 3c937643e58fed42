import Synchronization

/// Ids of 26 characters that grow with time, so that new rows go to the right end of their b-trees.
enum TimeOrderedID {
    private static let alphabet = [UInt8]("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// By character; 255 for what is none of the alphabet.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        for (digit, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(digit) }
        return digits
    }()
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

    /// The integer that an id's row is keyed by: its time and counter, the upper 64 of its 128 bits.
    ///
    /// Nil for a text that is no id. Two ids of one run never share it.
    static func place(of id: String) -> Int64? {
        var id = id
        return id.withUTF8 { bytes in
            guard bytes.count > 26 else { return nil }
            let text = bytes.suffix(26)
            var value: UInt64 = 0
            // The first character holds three bits, so that 13 hold 63, and the 14th begins with the last of the 64.
            for byte in text.prefix(13) {
                guard digits[Int(byte)] < 32 else { return nil }
                value = value << 5 | UInt64(digits[Int(byte)])
            }
            let last = digits[Int(text[text.startIndex + 13])]
            guard last < 32, value < 1 << 62 else { return nil }
            return Int64(value << 1 | UInt64(last >> 4))
        }
    }
}
