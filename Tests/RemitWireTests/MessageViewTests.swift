import RemitTesting
import RemitWire
import Testing

@Suite("Views")
struct MessageViewTests {
    @Test("say what random messages say")
    func random() throws {
        let seed = SeededRandom(printedAs: "MessageViewTests.random")
        var random = RandomMessages(seed: seed)
        for _ in 0..<100 {
            let message = random.sample()
            let bytes = message.encoded()
            let viewed = PlainValue(try Sample.View(validating: bytes.span), bytes)
            #expect(viewed == PlainValue(message), "SEED=\(seed.seed)")
        }
    }

    @Test("read what decoding reads and refuse what it refuses, at every length")
    func truncation() {
        let seed = SeededRandom(printedAs: "MessageViewTests.truncation")
        var random = RandomMessages(seed: seed)
        for _ in 0..<5 {
            let bytes = random.sample().encoded()
            for length in bytes.indices {
                let both = BothReadings(Array(bytes[..<length]), as: Sample.self)
                #expect(both.agree, "SEED=\(seed.seed), \(length) of \(bytes.count) bytes")
            }
        }
    }

    @Test("read what decoding reads and refuse what it refuses, after random damage")
    func damage() {
        let seed = SeededRandom(printedAs: "MessageViewTests.damage")
        var random = RandomMessages(seed: seed)
        var read = 0
        var refused = 0
        for _ in 0..<400 {
            var bytes = random.sample().encoded()
            guard !bytes.isEmpty else { continue }
            for _ in 0..<Int.random(in: 1...3, using: &random.seed) {
                bytes[Int.random(in: 0..<bytes.count, using: &random.seed)] = random.number()
            }
            let both = BothReadings(bytes, as: Sample.self)
            #expect(both.agree, "SEED=\(seed.seed)")
            if case .success = both.decoded { read += 1 } else { refused += 1 }
        }
        #expect(read > 0 && refused > 0, "SEED=\(seed.seed)")
    }

    @Test("read what decoding reads and refuse what it refuses, of short random fields")
    func soup() {
        let seed = SeededRandom(printedAs: "MessageViewTests.soup")
        var random = RandomMessages(seed: seed)
        var read = 0
        for _ in 0..<5_000 {
            let bytes = random.soup(levels: 3)
            let both = BothReadings(bytes, as: Tree.self)
            #expect(both.agree, "SEED=\(seed.seed), \(bytes)")
            if case .success = both.decoded { read += 1 }
        }
        #expect(read > 500, "SEED=\(seed.seed)")
    }

    @Test("merge what comes in pieces")
    func concatenation() {
        let seed = SeededRandom(printedAs: "MessageViewTests.concatenation")
        var random = RandomMessages(seed: seed)
        for _ in 0..<50 {
            let pieces = (0..<3).flatMap { _ in random.sample().encoded() }
            let both = BothReadings(pieces, as: Sample.self)
            #expect((try? both.decoded.get()) != nil, "SEED=\(seed.seed)")
            #expect(both.agree, "SEED=\(seed.seed)")
        }
    }

    @Test(
        "read the golden vectors as decoding does",
        arguments: GoldenVectorTests.vectors + GoldenVectorTests.tolerated)
    func vectors(_ vector: GoldenVectorTests.Vector) throws {
        let bytes = bytes(vector.bytes)
        #expect(PlainValue(try Sample.View(validating: bytes.span), bytes) == PlainValue(vector.message))
    }

    @Test("refuse what decoding refuses, with the same error", arguments: WireErrorTests.refusals)
    func refusals(_ refusal: WireErrorTests.Refusal) {
        let both = BothReadings(bytes(refusal.bytes), as: Sample.self)
        #expect(both.agree)
        #expect(throws: WireError.self) { try both.viewed.get() }
    }

    @Test("cost as much of the memory budget as decoding", arguments: [1, 2, 3] as [UInt64])
    func budget(_ seed: UInt64) {
        var random = RandomMessages(seed: SeededRandom(seed: seed))
        let bytes = random.sample().encoded() + bytes("3a 02 00 00")
        var memory = 0
        while true {
            let both = BothReadings(bytes, as: Sample.self, limits: DecodingLimits(memoryMax: memory))
            #expect(both.agree, "of \(memory) bytes")
            if case .success = both.viewed { break }
            memory += 97
        }
        #expect(memory > 97)
    }

    @Test("are as deep as messages may be", arguments: 0...4)
    func depth(_ depthMax: Int) {
        let nested = bytes("12 06 12 04 12 02 43 44")
        let both = BothReadings(nested, as: Tree.self, limits: DecodingLimits(depthMax: depthMax))
        #expect(both.agree)
        #expect((try? both.viewed.get() != .absent) == (depthMax >= 4 ? true : nil))
    }

    @Test("keep no unknown field, and none of their effects")
    func unknownFields() throws {
        let bytes = bytes("38 05 43 08 01 44 0a 02 18 01 5a 01 ff 0a 05 18 02 f0 01 03")
        let view = try Sample.View(validating: bytes.span)
        #expect(view.scalars?.fInt32 == 2)
        #expect(view.scalars?.fSint32 == 0)
        #expect(view.optionals == nil)
    }

    @Test("lend texts and bytes where they lie")
    func ranges() throws {
        let bytes = Scalars.with { ($0.fString, $0.fBytes) = ("größer", [0, 255]) }.encoded()
        let view = try Scalars.View(validating: bytes.span)
        #expect(bytes.span.string(at: view.fString) == "größer")
        #expect(Array(bytes[view.fBytes]) == [0, 255])
        #expect(try Scalars.View(validating: []).fString.isEmpty)
    }

    @Test("tell ASCII from other text at every length and place", arguments: 0...40)
    func text(_ length: Int) throws {
        let plain = Scalars.with { $0.fString = String(repeating: "a", count: length) }.encoded()
        #expect(try Scalars.View(validating: plain.span).fString.count == length)
        for place in 0..<length {
            var damaged = plain
            damaged[damaged.count - length + place] = 0x80
            let both = BothReadings(damaged, as: Scalars.self)
            #expect(both.agree)
            #expect(throws: WireError.self) { try both.viewed.get() }
        }
    }
}

extension RandomMessages {
    /// A few fields of a `Tree`, or of what isn't one, with small numbers and lengths, so that many collide.
    mutating func soup(levels: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...4, using: &seed) {
            let field = UInt8.random(in: 1...9, using: &seed)
            switch Int.random(in: 0...9, using: &seed) {
            case 0: bytes += [field << 3, UInt8.random(in: 0...127, using: &seed)]
            case 1: bytes += [field << 3 | 3, field << 3 | 4]
            case 2: bytes += [UInt8.random(in: 0...255, using: &seed)]
            default:
                let content = levels > 0 ? soup(levels: levels - 1) : []
                guard content.count < 0x80 else { continue }
                // Strings are mostly text, messages mostly of fields, and a length is sometimes wrong.
                let isText = field == 1 || field == 8
                let wrong = Int.random(in: 0...49, using: &seed) == 0 ? 1 : 0
                bytes += [field << 3 | 2, UInt8(content.count + wrong)]
                bytes += isText ? content.map { $0 & 0x7F } : content
            }
        }
        return bytes
    }
}
