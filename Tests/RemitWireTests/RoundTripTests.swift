import RemitTesting
import RemitWire
import Testing

@Suite("Messages of every shape")
struct RoundTripTests {
    @Test("come back equal from their own bytes")
    func roundTrip() throws {
        let seed = SeededRandom(printedAs: "RoundTripTests.roundTrip")
        var random = RandomMessages(seed: seed)
        for _ in 0..<300 {
            let message = random.sample()
            let bytes = message.encoded()
            let decoded = try Sample(decoding: bytes)
            #expect(decoded == message, "SEED=\(seed.seed)")
            #expect(decoded.hashValue == message.hashValue, "SEED=\(seed.seed)")
            #expect(decoded.encoded() == bytes, "SEED=\(seed.seed)")
        }
    }

    @Test("decode or are refused at every length, and never trap")
    func truncation() {
        let seed = SeededRandom(printedAs: "RoundTripTests.truncation")
        var random = RandomMessages(seed: seed)
        for _ in 0..<10 {
            let bytes = random.sample().encoded()
            for length in bytes.indices {
                guard let decoded = try? Sample(decoding: Array(bytes[..<length])) else { continue }
                #expect((try? Sample(decoding: decoded.encoded())) == decoded, "SEED=\(seed.seed)")
            }
        }
    }

    @Test("decode or are refused after random damage, and never trap")
    func damage() {
        let seed = SeededRandom(printedAs: "RoundTripTests.damage")
        var random = RandomMessages(seed: seed)
        var refused = 0
        for _ in 0..<300 {
            var bytes = random.sample().encoded()
            guard !bytes.isEmpty else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &random.seed) {
                bytes[Int.random(in: 0..<bytes.count, using: &random.seed)] = random.number()
            }
            guard let decoded = try? Sample(decoding: bytes) else {
                refused += 1
                continue
            }
            // NaN differs from itself, so bytes are compared: what was read is written the same way for good.
            let again = decoded.encoded()
            #expect((try? Sample(decoding: again))?.encoded() == again, "SEED=\(seed.seed)")
        }
        #expect(refused > 0, "SEED=\(seed.seed)")
    }

    @Test("are merged when their bytes are put together")
    func concatenation() throws {
        let seed = SeededRandom(printedAs: "RoundTripTests.concatenation")
        var random = RandomMessages(seed: seed)
        for _ in 0..<50 {
            let first = random.sample()
            let second = random.sample()
            var merged = try Sample(decoding: first.encoded())
            try merged.merge(decoding: second.encoded().span)
            #expect(try Sample(decoding: first.encoded() + second.encoded()) == merged, "SEED=\(seed.seed)")
        }
    }

    @Test("pass through a program that knows none of their fields")
    func unknownFields() throws {
        let seed = SeededRandom(printedAs: "RoundTripTests.unknownFields")
        var random = RandomMessages(seed: seed)
        for _ in 0..<100 {
            let bytes = random.sample().encoded()
            let stranger = try Empty(decoding: bytes)
            #expect(stranger.unknownFields.bytes == bytes, "SEED=\(seed.seed)")
            #expect(stranger.encoded() == bytes, "SEED=\(seed.seed)")
        }
    }
}
