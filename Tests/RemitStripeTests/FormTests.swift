import RemitStripe
import Testing

@Suite struct FormTests {
    @Test(
        "encodes names with their brackets and values without any special character",
        arguments: [
            ("a", "c", "a=c"), ("a[b][0]", "c", "a[b][0]=c"), ("a", "b c&d=é", "a=b%20c%26d%3D%C3%A9"),
            ("a", "x[0]+~", "a=x%5B0%5D%2B~"), ("a", "", "a="), ("metadata[a b]", "1", "metadata[a%20b]=1"),
        ])
    func encodes(name: String, value: String, encoded: String) {
        var form = Form()
        form.add(name, value)
        #expect(form.encoded == encoded)
    }

    @Test func keepsTheOrderAndLeavesNilOut() {
        var form = Form()
        form.add("z", 1)
        form.add("a", true)
        form.add("b", nil)
        #expect(form.encoded == "z=1&a=true")
    }

    @Test(
        "decodes nested names",
        arguments: [
            ("", .hash([:])), ("a=1&a=2", .hash(["a": .text("2")])), ("a", .hash(["a": .text("")])),
            ("a%5Bb%5D=c+d", .hash(["a": .hash(["b": .text("c d")])])),
            ("e[]=x&e[]=y", .hash(["e": .hash(["0": .text("x"), "1": .text("y")])])),
            ("&a=1&&", .hash(["a": .text("1")])),
        ] as [(String, FormNode)])
    func decodes(encoded: String, node: FormNode) throws {
        #expect(try FormNode(decoding: encoded.utf8) == node)
    }

    @Test(
        "refuses what isn't a form",
        arguments: [
            "a=%", "a=%4", "a=%zz", "a=%ff", "a[=1", "a]=1", "[a]=1", "a[b=1", "=1", "a=1&a[b]=2", "a[b]=1&a=2",
            "a[b]c=1", "a" + String(repeating: "[b]", count: 40) + "=1",
        ])
    func malformed(encoded: String) {
        #expect(throws: FormNode.Malformed.self) { try FormNode(decoding: encoded.utf8) }
    }

    @Test func readsBackWhatItWrites() throws {
        let value = String(
            decoding: (0...0x2FF as ClosedRange<UInt32>).compactMap(UnicodeScalar.init).flatMap {
                Array(String($0).utf8)
            }, as: UTF8.self)
        var form = Form()
        form.add("metadata[key]", value)
        #expect(try FormNode(decoding: form.encoded.utf8).members?["metadata"]?.members?["key"]?.text == value)
    }

    @Test func listsAreOrderedByIndex() throws {
        let node = try FormNode(decoding: "t[10]=c&t[2]=b&t[0]=a".utf8)
        #expect(node.members?["t"]?.elements?.compactMap(\.text) == ["a", "b", "c"])
    }
}
