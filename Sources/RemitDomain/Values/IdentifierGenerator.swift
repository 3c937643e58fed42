/// Makes ids: 48 bits of milliseconds, 16 of counter and 64 random, as 26 characters of lower-case Crockford base32.
///
/// Ids of one generator rise strictly as text, even while the clock stands or goes back. Those of different kinds
/// share the order. Not for sharing: one per tenant.
package struct IdentifierGenerator: Sendable {
    private let clock: any WallClock
    private let randomness: any Randomness
    /// Milliseconds of the last id in the upper 48 bits, its counter in the lower 16.
    private var last: UInt64 = 0

    package init(clock: any WallClock, randomness: any Randomness) {
        self.clock = clock
        self.randomness = randomness
    }

    /// The next id, at the clock's time.
    package mutating func next<Tag: IdentifierTag>(_ kind: Identifier<Tag>.Type = Identifier<Tag>.self) -> Identifier<
        Tag
    > {
        next(kind, at: clock.now())
    }

    /// The next id, at a time that the caller has read already.
    package mutating func next<Tag: IdentifierTag>(
        _ kind: Identifier<Tag>.Type = Identifier<Tag>.self, at now: Timestamp
    ) -> Identifier<Tag> {
        // A counter that overflows runs on into the milliseconds: the order holds, and so does uniqueness.
        last = max(UInt64(clamping: now.milliseconds) << 16, last &+ 1)
        return Identifier(Self.text(of: Tag.entityType, high: last, low: randomness.next()))
    }

    private static func text(of type: EntityType, high: UInt64, low: UInt64) -> String {
        let prefix = type.rawValue
        let length = prefix.utf8.count + 1 + 26
        return String(unsafeUninitializedCapacity: length) { bytes in
            var end = 0
            for byte in prefix.utf8 {
                bytes[end] = byte
                end += 1
            }
            bytes[end] = UInt8(ascii: "_")
            // 128 bits in 26 characters of five: from the last back, the first holding three bits.
            var high = high
            var low = low
            for index in stride(from: length - 1, to: end, by: -1) {
                bytes[index] = character(Int(low & 31))
                low = low >> 5 | high << 59
                high >>= 5
            }
            return length
        }
    }

    /// Crockford's alphabet in lower case: no i, l, o, u.
    private static func character(_ value: Int) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: value)
        switch value {
        case 0..<10: return 0x30 + digit
        case 10..<18: return 0x61 + digit - 10  // a … h
        case 18..<20: return 0x6A + digit - 18  // j k
        case 20..<22: return 0x6D + digit - 20  // m n
        case 22..<27: return 0x70 + digit - 22  // p … t
        default: return 0x76 + digit - 27  // v … z
        }
    }
}
