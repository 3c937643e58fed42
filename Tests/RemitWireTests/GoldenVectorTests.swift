import RemitWire
import Testing

/// Bytes written by hand from the wire format's definition, so that reader and writer can't be wrong together.
@Suite("Golden vectors")
struct GoldenVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let bytes: String
        let message: Sample
        var testDescription: String { bytes }

        init(_ bytes: String, _ populate: (inout Sample) -> Void) {
            self.bytes = bytes
            message = .with(populate)
        }
    }

    static let vectors: [Vector] = [
        Vector("") { _ in },
        Vector("0a 00") { $0.scalars = Scalars() },
        Vector("0a 03 18 96 01") { $0.scalars = .with { $0.fInt32 = 150 } },
        Vector("0a 0b 18 ff ff ff ff ff ff ff ff ff 01") { $0.scalars = .with { $0.fInt32 = -1 } },
        Vector("0a 06 28 ff ff ff ff 0f") { $0.scalars = .with { $0.fUint32 = .max } },
        Vector("0a 02 38 01") { $0.scalars = .with { $0.fSint32 = -1 } },
        Vector("0a 0b 40 ff ff ff ff ff ff ff ff ff 01") { $0.scalars = .with { $0.fSint64 = .min } },
        Vector("0a 05 4d 78 56 34 12") { $0.scalars = .with { $0.fFixed32 = 0x1234_5678 } },
        Vector("0a 09 61 fe ff ff ff ff ff ff ff") { $0.scalars = .with { $0.fSfixed64 = -2 } },
        Vector("0a 09 09 00 00 00 00 00 00 f8 3f") { $0.scalars = .with { $0.fDouble = 1.5 } },
        Vector("0a 09 09 00 00 00 00 00 00 00 80") { $0.scalars = .with { $0.fDouble = -0.0 } },
        Vector("0a 05 15 00 00 80 7f") { $0.scalars = .with { $0.fFloat = .infinity } },
        Vector("0a 02 68 01") { $0.scalars = .with { $0.fBool = true } },
        Vector("0a 05 72 03 e2 82 ac") { $0.scalars = .with { $0.fString = "€" } },
        Vector("0a 04 7a 02 00 ff") { $0.scalars = .with { $0.fBytes = [0, 255] } },
        Vector("0a 03 80 01 01") { $0.scalars = .with { $0.fColor = .red } },
        Vector("0a 0c 80 01 ff ff ff ff ff ff ff ff ff 01") { $0.scalars = .with { $0.fColor = .below } },
        Vector("12 02 18 00") { $0.optionals = .with { $0.fInt32 = 0 } },
        Vector("12 02 72 00") { $0.optionals = .with { $0.fString = "" } },
        Vector("1a 06 1a 04 01 02 96 01") { $0.lists = .with { $0.fInt32 = [1, 2, 150] } },
        Vector("1a 06 90 01 01 90 01 02") { $0.lists = .with { $0.unpacked = [1, 2] } },
        Vector("1a 05 72 00 72 01 61") { $0.lists = .with { $0.fString = ["", "a"] } },
        Vector("1a 06 8a 01 00 8a 01 00") { $0.lists = .with { $0.fScalars = [Scalars(), Scalars()] } },
        Vector("22 08 0a 06 0a 01 6b 12 01 76") { $0.maps = .with { $0.text["k"] = "v" } },
        Vector("22 06 1a 04 08 00 10 00") { $0.maps = .with { $0.colors[false] = .unspecified } },
        Vector("2a 04 12 02 12 00") { $0.tree = .with { $0.child = .with { $0.child = Tree() } } },
        Vector("2a 02 38 00") { $0.tree = .with { $0.branch = .weight(0) } },
        Vector("32 06 fa ff ff ff 0f 00") { $0.names = .with { $0.type = Names.Type_() } },
    ]

    @Test("are what messages encode to", arguments: vectors)
    func encoding(_ vector: Vector) {
        #expect(vector.message.encoded() == bytes(vector.bytes))
    }

    @Test("are decoded to their messages", arguments: vectors)
    func decoding(_ vector: Vector) throws {
        #expect(try Sample(decoding: bytes(vector.bytes)) == vector.message)
    }

    /// Bytes that no encoder of ours writes, and that every decoder must read.
    static let tolerated: [Vector] = [
        // The last one of a singular field wins.
        Vector("0a 04 18 01 18 02") { $0.scalars = .with { $0.fInt32 = 2 } },
        // Sub-messages are merged.
        Vector("0a 02 18 01 0a 02 20 02") { $0.scalars = .with { ($0.fInt32, $0.fInt64) = (1, 2) } },
        // Defaults on the wire.
        Vector("0a 04 18 00 72 00") { $0.scalars = Scalars() },
        // A padded varint, and a padded tag.
        Vector("0a 0b 18 81 80 80 80 80 80 80 80 80 00") { $0.scalars = .with { $0.fInt32 = 1 } },
        Vector("8a 80 80 80 00 00") { $0.scalars = Scalars() },
        // An int32 keeps the low 32 bits, a bool asks for any.
        Vector("0a 06 18 81 80 80 80 10") { $0.scalars = .with { $0.fInt32 = 1 } },
        Vector("0a 06 68 80 80 80 80 10") { $0.scalars = .with { $0.fBool = true } },
        // Packed and unpacked, both ways and mixed; an empty packed field.
        Vector("1a 04 18 01 18 02") { $0.lists = .with { $0.fInt32 = [1, 2] } },
        Vector("1a 06 92 01 03 01 02 03") { $0.lists = .with { $0.unpacked = [1, 2, 3] } },
        Vector("1a 07 18 01 1a 01 02 18 03") { $0.lists = .with { $0.fInt32 = [1, 2, 3] } },
        Vector("1a 02 1a 00") { $0.lists = Lists() },
        // Map entries: without a key, without a value, in reverse order, twice the same key.
        Vector("22 05 0a 03 12 01 76") { $0.maps = .with { $0.text[""] = "v" } },
        Vector("22 05 0a 03 0a 01 6b") { $0.maps = .with { $0.text["k"] = "" } },
        Vector("22 08 0a 06 12 01 76 0a 01 6b") { $0.maps = .with { $0.text["k"] = "v" } },
        Vector("22 10 0a 06 0a 01 6b 12 01 76 0a 06 0a 01 6b 12 01 77") { $0.maps = .with { $0.text["k"] = "w" } },
        // A message in a map entry, twice, is merged.
        Vector("22 0c 12 0a 08 01 12 02 18 01 12 02 20 02") {
            $0.maps = .with { $0.scalars[1] = .with { ($0.fInt32, $0.fInt64) = (1, 2) } }
        },
        // Of a oneof the last one counts; the same message twice is merged.
        Vector("2a 05 38 02 42 01 61") { $0.tree = .with { $0.branch = .class("a") } },
        Vector("2a 08 32 02 18 01 32 02 20 02") {
            $0.tree = .with { $0.branch = .leaf(.with { ($0.fInt32, $0.fInt64) = (1, 2) }) }
        },
        Vector("2a 0a 32 02 18 01 38 02 32 02 20 02") {
            $0.tree = .with { $0.branch = .leaf(.with { $0.fInt64 = 2 }) }
        },
    ]

    @Test("that others may write are understood", arguments: tolerated)
    func tolerance(_ vector: Vector) throws {
        #expect(try Sample(decoding: bytes(vector.bytes)) == vector.message)
    }

    @Test("keep fields that aren't known, in their order, behind the known ones")
    func unknown() throws {
        // 7: varint, 8: group with a nested one, 1 with another wire type, 9: fixed64, 10: fixed32, 11: bytes
        let unknown = "38 05 43 08 01 4b 4c 44 08 01 49 01 02 03 04 05 06 07 08 55 01 02 03 04 5a 01 ff"
        let message = try Sample(decoding: bytes(unknown + " 0a 00"))
        #expect(message.unknownFields.bytes == bytes(unknown))
        #expect(message.scalars == Scalars())
        #expect(message.encoded() == bytes("0a 00 " + unknown))
    }
}

/// The bytes of a hex dump.
func bytes(_ hex: String) -> [UInt8] {
    hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
}
