import RemitWire
import Testing

@Suite("Lists of a view")
struct WireListTests {
    /// The numbers of `f_int32` in a message of lists.
    private func numbers(_ hex: String) throws -> [Int32] {
        let bytes = bytes(hex)
        let list = try Lists.View(validating: bytes.span).fInt32
        var numbers: [Int32] = []
        list.forEach(in: bytes.span) { numbers.append($0) }
        #expect(list.count == numbers.count)
        #expect(list.isEmpty == numbers.isEmpty)
        return numbers
    }

    @Test("give packed and single values in their order, whatever stands between")
    func mixed() throws {
        #expect(try numbers("") == [])
        #expect(try numbers("1a 00") == [])
        #expect(try numbers("18 01 1a 02 02 03 18 04") == [1, 2, 3, 4])
        #expect(try numbers("1a 00 18 01 1a 00 1a 01 02") == [1, 2])
        #expect(try numbers("18 01 20 07 43 08 01 44 72 01 61 1a 01 02 20 08") == [1, 2])
    }

    @Test("join the pieces of a message that comes in several, and nothing that lies between them")
    func pieces() throws {
        // f_int32 in three pieces of the lists, with fields of the sample between them that look alike.
        let bytes = bytes("1a 02 18 01 18 07 1a 06 72 01 61 1a 01 02 2a 00 1a 02 18 03")
        let list = try #require(try Sample.View(validating: bytes.span).lists).fInt32
        var numbers: [Int32] = []
        list.forEach(in: bytes.span) { numbers.append($0) }
        #expect(numbers == [1, 2, 3])
    }

    @Test("are read again by each cursor, as far as it is wanted")
    func cursors() throws {
        let bytes = Lists.with { $0.fString = ["a", "b", "c"] }.encoded()
        let list = try Lists.View(validating: bytes.span).fString
        var first = list.cursor
        var second = list.cursor
        #expect(first.next(bytes.span).map { bytes.span.string(at: $0) } == "a")
        #expect(first.next(bytes.span).map { bytes.span.string(at: $0) } == "b")
        #expect(second.next(bytes.span).map { bytes.span.string(at: $0) } == "a")
        #expect(first.next(bytes.span).map { bytes.span.string(at: $0) } == "c")
        #expect(first.next(bytes.span) == nil)
        #expect(first.next(bytes.span) == nil)
    }

    /// Entries of a map of texts: in the form that encoders give short ones, and in every other that is allowed or not.
    private static let entries: [[UInt8]] = {
        func entry(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
            let content = [0x0A, UInt8(key.count)] + key + [0x12, UInt8(value.count)] + value
            return [0x0A] + (content.count < 0x80 ? [] : [UInt8(content.count & 0x7F) | 0x80])
                + [UInt8(content.count < 0x80 ? content.count : content.count >> 7)] + content
        }
        let letters = (0..<127).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        var entries = [
            entry([], []), entry([0x6B], []), entry([], [0x76]), entry([0x6B], [0x76]), entry([0xC3, 0xA9], [0x76]),
            entry([0x6B], [0xE2, 0x82, 0xAC]), entry([0xC3], [0xA9]), entry([0xFF], [0x76]), entry([0x6B], [0x80]),
            // The other way round, twice, one missing, none, unknown fields before, between and behind.
            bytes("0a 06 12 01 76 0a 01 6b"), bytes("0a 09 0a 01 6b 0a 01 6c 12 01 76"), bytes("0a 03 0a 01 6b"),
            bytes("0a 03 12 01 76"), bytes("0a 00"), bytes("0a 08 18 07 0a 01 6b 12 01 76"),
            bytes("0a 08 0a 01 6b 18 07 12 01 76"), bytes("0a 08 0a 01 6b 12 01 76 18 07"),
            // Lengths of more bytes than they need, and such that point beyond the entry.
            bytes("0a 86 00 0a 01 6b 12 01 76"), bytes("0a 07 0a 81 00 6b 12 01 76"), bytes("0a 06 0a 01 6b 12 02 76"),
            bytes("0a 06 0a 05 6b 12 01 76"), bytes("0a 06 0a 02 6b 12 01 76"), bytes("0a 05 0a 01 6b 12 01 76"),
            bytes("0a 06 08 01 6b 12 01 76"), bytes("0a 06 0a 01 6b 10 01 76"),
        ]
        for size in [14, 15, 16, 17, 61, 122, 123, 124, 125, 127] {
            entries.append(entry(Array(letters.prefix(size)), [0x76]))
            entries.append(entry([0x6B], Array(letters.prefix(size))))
            entries.append(entry(Array(letters.prefix(size / 2)), Array(letters.prefix(size - size / 2))))
        }
        return entries
    }()

    @Test("of a map's entries read what decoding reads and refuse what it refuses, whatever their form and length")
    func entryForms() {
        for entry in Self.entries {
            for other in [[], Self.entries[3]] {
                let bytes = other + entry + other
                for length in 0...bytes.count {
                    #expect(BothReadings(Array(bytes.prefix(length)), as: Maps.self).agree, "\(bytes.prefix(length))")
                }
            }
        }
    }

    @Test("of a map's entries cost what decoding costs")
    func entryCosts() {
        for entry in Self.entries {
            let costs = (0...600).filter { memory in
                let both = BothReadings(entry, as: Maps.self, limits: DecodingLimits(memoryMax: memory))
                #expect(both.agree, "\(memory): \(entry)")
                return (try? both.decoded.get()) != nil
            }
            #expect(costs.isEmpty || costs.last == 600 && costs.first != 0)
        }
    }

    @Test("give a map's entries as they stand, those of equal keys too")
    func entries() throws {
        let bytes = bytes("0a 06 0a 01 6b 12 01 76 0a 03 12 01 77 0a 06 0a 01 6b 12 01 78")
        let map = try Maps.View(validating: bytes.span).text
        var pairs: [String] = []
        map.forEach(in: bytes.span) { entry in
            pairs.append(bytes.span.string(at: entry.key) + "=" + bytes.span.string(at: entry.value))
        }
        #expect(pairs == ["k=v", "=w", "k=x"])
    }

    @Test("reach into messages inside of messages")
    func nested() throws {
        let tree = Tree.with {
            $0.children = [
                .with { $0.label = "a" }, .with { $0.children = [.with { $0.label = "b" }, .with { $0.label = "c" }] },
            ]
        }
        let bytes = tree.encoded()
        var labels: [String] = []
        try Tree.View(validating: bytes.span).children.forEach(in: bytes.span) { child in
            labels.append(bytes.span.string(at: child.label))
            child.children.forEach(in: bytes.span) { labels.append(bytes.span.string(at: $0.label)) }
        }
        #expect(labels == ["a", "", "b", "c"])
    }
}
