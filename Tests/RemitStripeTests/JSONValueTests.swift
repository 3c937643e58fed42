import RemitStripe
import Testing

@Suite struct JSONValueTests {
    @Test(
        "tells numbers from truth",
        arguments: [
            ("true", .bool(true)), ("false", .bool(false)), ("1", .integer(1)), ("0", .integer(0)),
            ("-5", .integer(-5)), ("9223372036854775807", .integer(.max)),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("1.5", .number(1.5)), ("null", .null), ("\"1\"", .string("1")), ("[]", .array([])), ("{}", .object([:])),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        let parsed = try JSONValue(parsing: Array("{\"a\":\(text)}".utf8))
        #expect(parsed["a"] == value)
        #expect(try JSONValue(parsing: parsed.serialized()) == parsed)
    }

    @Test("refuses what isn't JSON", arguments: ["", "{", "{\"a\":}", "nonsense", "{\"a\":1}x", "\u{FF}"])
    func malformed(text: String) {
        #expect(throws: MalformedJSON.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func writesKeysInOrderAndWithoutSpaces() {
        let value: JSONValue = ["b": [1, nil, true], "a": "x/y\"\n"]
        #expect(String(decoding: value.serialized(), as: UTF8.self) == #"{"a":"x/y\"\n","b":[1,null,true]}"#)
    }

    @Test func refusesEndlessNesting() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: MalformedJSON.self) { try JSONValue(parsing: Array(text.utf8)) }
    }
}
