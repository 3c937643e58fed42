/// The definition of a .proto file, as generated code carries it: a serialized `FileDescriptorProto`.
public struct EmbeddedDescriptor: Hashable, Sendable {
    /// The file's name as others import it: `remit/v1/payment.proto`.
    public let file: String
    /// The files that it imports.
    public let dependencies: [String]
    private let base64: String

    /// Creates a descriptor from generated code; `base64` is standard base64 with padding.
    public init(file: String, dependencies: [String], base64: String) {
        self.file = file
        self.dependencies = dependencies
        self.base64 = base64
    }

    /// The serialized `google.protobuf.FileDescriptorProto`, without comments.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(base64.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for character in base64.utf8 {
            guard let value = Self.value(of: character) else { continue }
            bits = bits << 6 | value
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
