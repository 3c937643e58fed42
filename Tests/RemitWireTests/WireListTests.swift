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
