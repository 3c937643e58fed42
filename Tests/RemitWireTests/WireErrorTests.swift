import RemitWire
import Testing

@Suite("Bytes that are no message")
struct WireErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let bytes: String
        let reason: WireError.Reason
        let message: String
        let field: Int
        var testDescription: String { bytes }

        init(_ bytes: String, _ reason: WireError.Reason, in message: String = "Sample", field: Int) {
            self.bytes = bytes
            self.reason = reason
            self.message = "remit.sample.v1." + message
            self.field = field
        }
    }

    static let refusals: [Refusal] = [
        // Field number 0, wire types 6 and 7, tags of more than 32 bits or five bytes.
        Refusal("00", .malformedTag, field: 0),
        Refusal("02 00", .malformedTag, field: 0),
        Refusal("80 00", .malformedTag, field: 0),
        Refusal("0e", .malformedTag, field: 0),
        Refusal("0f", .malformedTag, field: 0),
        Refusal("80 80 80 80 10", .malformedTag, field: 0),
        Refusal("ff ff ff ff 1f", .malformedTag, field: 0),
        Refusal("8a 80 80 80 80 00 00", .malformedTag, field: 0),
        Refusal("80", .truncated, field: 0),
        // Lengths behind the end, of the message and of an outer one.
        Refusal("0a", .truncated, field: 1),
        Refusal("0a 01", .truncated, field: 1),
        Refusal("0a ff ff ff ff ff ff ff ff 7f", .truncated, field: 1),
        Refusal("0a ff ff ff ff ff ff ff ff ff 01", .truncated, field: 1),
        Refusal("0a 02 72 01 61", .truncated, in: "Scalars", field: 14),
        Refusal("0a 02 09 00 00 00 00 00 00 00 00", .truncated, in: "Scalars", field: 1),
        Refusal("0a 02 15 00 00 00 00", .truncated, in: "Scalars", field: 2),
        Refusal("0a 01 18 01", .truncated, in: "Scalars", field: 3),
        // Varints of more than ten bytes or 64 bits.
        Refusal("0a 0c 18 80 80 80 80 80 80 80 80 80 80 00", .malformedVarint, in: "Scalars", field: 3),
        Refusal("0a 0b 18 ff ff ff ff ff ff ff ff ff 02", .malformedVarint, in: "Scalars", field: 3),
        Refusal("0a 02 18 80", .truncated, in: "Scalars", field: 3),
        // Text: a lone continuation, an overlong form, a surrogate, a cut sequence, beyond U+10FFFF.
        Refusal("0a 03 72 01 80", .invalidUTF8, in: "Scalars", field: 14),
        Refusal("0a 04 72 02 c0 80", .invalidUTF8, in: "Scalars", field: 14),
        Refusal("0a 05 72 03 ed a0 80", .invalidUTF8, in: "Scalars", field: 14),
        Refusal("0a 04 72 02 e2 82", .invalidUTF8, in: "Scalars", field: 14),
        Refusal("0a 06 72 04 f4 90 80 80", .invalidUTF8, in: "Scalars", field: 14),
        Refusal("12 03 72 01 ff", .invalidUTF8, in: "Optionals", field: 14),
        Refusal("1a 03 72 01 ff", .invalidUTF8, in: "Lists", field: 14),
        Refusal("22 05 0a 03 0a 01 ff", .invalidUTF8, in: "Maps", field: 1),
        Refusal("2a 03 42 01 ff", .invalidUTF8, in: "Tree", field: 8),
        // Packed fields that end inside an element.
        Refusal("1a 03 4a 01 00", .malformedPacked, in: "Lists", field: 9),
        Refusal("1a 09 52 07 00 00 00 00 00 00 00", .malformedPacked, in: "Lists", field: 10),
        Refusal("1a 04 1a 02 01 80", .truncated, in: "Lists", field: 3),
        // Groups: ended without a beginning, under another number, never.
        Refusal("44", .unmatchedEndGroup, field: 8),
        Refusal("43 4c", .unmatchedEndGroup, field: 9),
        Refusal("43 4b 44 4c", .unmatchedEndGroup, field: 8),
        Refusal("43", .truncated, field: 8),
        Refusal("43 08", .truncated, field: 1),
        Refusal("0a 01 43 44", .truncated, in: "Scalars", field: 8),
        // Unknown fields are held to the same rules.
        Refusal("3a 02 00", .truncated, field: 7),
        Refusal("39 00", .truncated, field: 7),
        Refusal("3d 00", .truncated, field: 7),
        Refusal("38 ff", .truncated, field: 7),
    ]

    @Test("are refused with the reason, the message and the field", arguments: refusals)
    func refusal(_ refusal: Refusal) {
        let error = #expect(throws: WireError.self) { try Sample(decoding: bytes(refusal.bytes)) }
        #expect(error?.reason == refusal.reason)
        #expect(error?.message == refusal.message)
        #expect(error?.field == refusal.field)
        #expect((error?.offset ?? -1) <= bytes(refusal.bytes).count)
    }

    @Test("are described in a sentence without their content")
    func description() {
        let error = WireError(.invalidUTF8, field: 14, offset: 7, message: "remit.v1.Payment")
        #expect(
            error.description
                == "Malformed message: a string is not UTF-8 in field 14 of remit.v1.Payment, at byte 7.")
        let plain = WireError(.truncated, field: 0, offset: 3)
        #expect(plain.description == "Malformed message: the bytes end too early, at byte 3.")
    }
}
