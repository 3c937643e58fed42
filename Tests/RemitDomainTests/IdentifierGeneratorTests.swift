import RemitDomain
import RemitTesting
import Testing

@Suite struct IdentifierGeneratorTests {
    private let clock = ManualClock()

    private func generator(seed: UInt64 = 1) -> IdentifierGenerator {
        IdentifierGenerator(clock: clock, randomness: SeededRandom(seed: seed))
    }

    @Test func `ids are the type and 26 characters of lower-case Crockford base32`() {
        var generator = generator()
        let alphabet = Set("0123456789abcdefghjkmnpqrstvwxyz")
        for text in [
            generator.next(PaymentID.self).text, generator.next(RefundID.self).text,
            generator.next(CustomerID.self).text, generator.next(OperationID.self).text,
            generator.next(EventID.self).text, generator.next(TenantID.self).text,
            generator.next(PrincipalID.self).text,
        ] {
            let parts = text.split(separator: "_")
            #expect(parts.count == 2)
            #expect(EntityType(rawValue: String(parts[0])) != nil)
            #expect(parts[1].count == 26)
            #expect(parts[1].allSatisfy(alphabet.contains))
        }
    }

    @Test func `writes all 128 bits, highest first`() {
        var generator = IdentifierGenerator(
            clock: ManualClock(Timestamp(milliseconds: 0x1234_5678_9ABC)), randomness: AllOnes())
        let id: PaymentID = generator.next()
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let bits = id.text.dropFirst("payment_".count).reduce(UInt128(0)) { bits, character in
            bits << 5 | UInt128(alphabet.firstIndex(of: character) ?? 0)
        }
        #expect(bits == UInt128(0x1234_5678_9ABC) << 80 | UInt128(UInt64.max))
    }

    @Test func `ids rise while the clock stands, goes on and goes back`() {
        var generator = generator()
        var last = ""
        for step in 0..<3_000 {
            let id: EventID = generator.next()
            #expect(id.text > last)
            last = id.text
            if step == 1_000 { clock.advance(milliseconds: 5) }
            if step == 2_000 { clock.advance(milliseconds: -3_600_000) }
        }
    }

    @Test func `a counter that overflows runs on into the milliseconds`() {
        var generator = generator()
        var last = generator.next(EventID.self).text
        for _ in 0..<65_537 { last = generator.next(EventID.self).text }
        let after: EventID = generator.next(at: clock.now() + 1)
        #expect(after.text > last)
    }

    @Test func `two generators at one moment don't meet`() {
        var one = generator(seed: 1)
        var other = generator(seed: 2)
        let ids = (0..<1_000).flatMap { _ in [one.next(PaymentID.self), other.next(PaymentID.self)] }
        #expect(Set(ids).count == ids.count)
    }

    private struct AllOnes: Randomness {
        func next() -> UInt64 { .max }
    }
}
