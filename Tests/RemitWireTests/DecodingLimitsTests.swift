import RemitTesting
import RemitWire
import Testing

@Suite("Decoding limits")
struct DecodingLimitsTests {
    /// `levels` messages inside each other, by the field with this tag.
    private func nested(_ levels: Int, tag: UInt32) -> [UInt8] {
        var writer = WireWriter()
        for _ in 0..<levels {
            writer.writeVarint(UInt64(writer.count))
            writer.writeTag(tag)
        }
        return writer.array
    }

    @Test("allow 100 levels of messages and refuse 101", arguments: [18, 26, 42] as [UInt32])
    func depth(_ tag: UInt32) throws {
        _ = try Tree(decoding: nested(100, tag: tag))
        let error = #expect(throws: WireError.self) { try Tree(decoding: nested(101, tag: tag)) }
        #expect(error?.reason == .tooDeep)
    }

    @Test("allow 100 levels of groups and refuse 101")
    func groupDepth() throws {
        func groups(_ levels: Int) -> [UInt8] {
            [UInt8](repeating: 0x43, count: levels) + [UInt8](repeating: 0x44, count: levels)
        }
        _ = try Sample(decoding: groups(100))
        let error = #expect(throws: WireError.self) { try Sample(decoding: groups(101)) }
        #expect(error?.reason == .tooDeep)
    }

    @Test("give a level back when a message or group ends")
    func siblings() throws {
        let siblings = (0..<300).flatMap { _ in nested(99, tag: 18) + [0x7B, 0x7C] }
        _ = try Tree(decoding: siblings)
    }

    @Test("refuse small bytes that would become a large message")
    func amplification() {
        // Two bytes each on the wire, hundreds in memory.
        let messages = (0..<200_000).flatMap { _ in [0x1A, 0x00] as [UInt8] }
        let error = #expect(throws: WireError.self) { try Tree(decoding: messages) }
        #expect(error?.reason == .tooLarge)
        #expect(error?.field == 3)
    }

    struct Amplifier: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
    }

    static let amplifiers: [Amplifier] = [
        Amplifier(testDescription: "packed numbers", bytes: [0x22, 0xE8, 0x07] + .init(repeating: 1, count: 1000)),
        Amplifier(testDescription: "packed booleans", bytes: [0x6A, 0xE8, 0x07] + .init(repeating: 1, count: 1000)),
        Amplifier(testDescription: "a string", bytes: [0x72, 0xE8, 0x07] + .init(repeating: 97, count: 1000)),
        Amplifier(testDescription: "bytes", bytes: [0x7A, 0xE8, 0x07] + .init(repeating: 97, count: 1000)),
        Amplifier(
            testDescription: "unknown fields", bytes: [0xFA, 0x07, 0xE8, 0x07] + .init(repeating: 0, count: 1000)),
        Amplifier(testDescription: "empty strings", bytes: (0..<500).flatMap { _ in [0x72, 0] as [UInt8] }),
        Amplifier(testDescription: "messages", bytes: (0..<500).flatMap { _ in [0x8A, 1, 0] as [UInt8] }),
    ]

    @Test("count what each kind of field takes", arguments: amplifiers)
    func budget(_ amplifier: Amplifier) throws {
        _ = try Lists(decoding: amplifier.bytes)
        let limits = DecodingLimits(memoryMax: 999)
        let error = #expect(throws: WireError.self) {
            try Lists(decoding: amplifier.bytes.span, limits: limits)
        }
        #expect(error?.reason == .tooLarge)
    }

    @Test("count the entries of a map")
    func mapBudget() throws {
        let entries = (0..<500).flatMap { _ in [0x0A, 0x00] as [UInt8] }
        _ = try Maps(decoding: entries)
        let error = #expect(throws: WireError.self) {
            try Maps(decoding: entries.span, limits: DecodingLimits(memoryMax: 999))
        }
        #expect(error?.reason == .tooLarge)
    }

    @Test("let an honest message of 4 MiB through")
    func honest() throws {
        var random = RandomMessages(seed: SeededRandom(seed: 1))
        var lists = Lists()
        lists.fScalars = (0..<400).map { _ in random.scalars() }
        let size = lists.encoded().count
        let message = Lists.with { $0.fScalars = (0..<(4 << 20) / size).flatMap { _ in lists.fScalars } }
        let bytes = message.encoded()
        #expect(bytes.count > 3 << 20)
        #expect(try Lists(decoding: bytes) == message)
    }

    // Were each piece to copy what came before, these two would move gigabytes.
    @Test("read a packed field that comes in 100,000 pieces")
    func pieces() throws {
        let pieces = (0..<100_000).flatMap { _ in [0x4A, 4, 1, 0, 0, 0] as [UInt8] }
        #expect(try Lists(decoding: pieces).fFixed32 == [UInt32](repeating: 1, count: 100_000))
    }

    @Test("merge a large message of a oneof with 20,000 small ones")
    func oneofPieces() throws {
        let large = Tree.with { $0.branch = .tree(.with { $0.children = [Tree](repeating: Tree(), count: 20_000) }) }
        let small = (0..<20_000).flatMap { _ in [0x2A, 3, 0x0A, 1, 0x61] as [UInt8] }
        let merged = try Tree(decoding: large.encoded() + small)
        guard case .tree(let tree)? = merged.branch else {
            Issue.record("The oneof is another.")
            return
        }
        #expect(tree.label == "a")
        #expect(tree.children.count == 20_000)
    }
}
