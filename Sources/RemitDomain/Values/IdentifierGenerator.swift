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
            var index = length - 1
            while index > end {
                bytes[index] = alphabet[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
                index -= 1
            }
            return length
        }
    }

    /// Crockford's alphabet in lower case: no i, l, o, u.
    private static var alphabet: UnsafePointer<UInt8> {
        let characters: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
        return characters.utf8Start
    }
}
