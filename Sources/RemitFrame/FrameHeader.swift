/// The twelve bytes in front of each frame: `length u32 | type u8 | flags u8 | meta_len u16 | slot u32`, little-endian.
package struct FrameHeader: Sendable, Hashable {
    /// Bytes of a header.
    package static let size = 12

    /// Bytes of meta and body together.
    package var length: Int
    /// The type's number, perhaps an unknown one.
    package var typeNumber: UInt8
    /// The flags.
    package var flags: FrameFlags
    /// Bytes of meta, at most `length`.
    package var metaLength: Int
    /// The call's slot; 0 for frames of the connection.
    package var slot: UInt32

    /// A header of a frame with `metaLength` bytes of meta and `bodyLength` of body.
    package init(
        _ type: FrameType, _ flags: FrameFlags = .none, metaLength: Int = 0, bodyLength: Int = 0, slot: UInt32 = 0
    ) {
        length = metaLength + bodyLength
        typeNumber = type.rawValue
        self.flags = flags
        self.metaLength = metaLength
        self.slot = slot
    }

    /// Reads the header at `offset`, where twelve bytes must be.
    package init(_ bytes: Span<UInt8>, at offset: Int) {
        // Bounds are checked; unaligned, and any bits make a number.
        let raw = bytes.bytes
        let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        length = Int(UInt32(truncatingIfNeeded: word))
        typeNumber = UInt8(truncatingIfNeeded: word >> 32)
        flags = FrameFlags(rawValue: UInt8(truncatingIfNeeded: word >> 40))
        metaLength = Int(word >> 48)
        slot = UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
    }

    /// The type, if it is a known one.
    package var type: FrameType? { FrameType(rawValue: typeNumber) }

    /// Bytes of body.
    package var bodyLength: Int { length - metaLength }

    /// The header's first eight bytes as one number, little-endian; the slot follows it.
    package var firstWord: UInt64 {
        UInt64(UInt32(truncatingIfNeeded: length)) | UInt64(typeNumber) << 32 | UInt64(flags.rawValue) << 40
            | UInt64(UInt16(truncatingIfNeeded: metaLength)) << 48
    }

    /// The header's bytes.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            result.append(UInt8(truncatingIfNeeded: firstWord >> shift))
        }
        for shift in stride(from: UInt32(0), to: 32, by: 8) { result.append(UInt8(truncatingIfNeeded: slot >> shift)) }
        return result
    }
}
