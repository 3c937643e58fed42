internal import RemitDomain

/// The beginning of a segment's file: which generation of records follows, and the key of their checksums.
///
/// 8 bytes "RemitJrn", version (UInt32), 4 bytes of zero, generation (UInt64), the key (2 × UInt64), and a checksum of
/// all before (UInt64); little-endian.
///
/// A segment that is used again gets a higher generation and a new key: what still lies behind its new end is void, and
/// nobody who chooses what is stored can make it look valid.
struct SegmentHeader: Hashable, Sendable {
    /// Frames begin behind a page of its own.
    static let roomBytes = 4_096
    static let bytes = 48

    var generation: UInt64
    var key: SipHash.Key

    private static let magic: UInt64 = 0x6e72_4a74_696d_6552
    private static let version: UInt32 = 1
    private static let checksumKey = SipHash.Key(low: 0x7265_6d69_745f_636f, high: 0x6d6d_6974_5f6a_726e)

    init(generation: UInt64, key: SipHash.Key) {
        self.generation = generation
        self.key = key
    }

    /// With a key of its own.
    init(generation: UInt64) {
        self.init(
            generation: generation,
            key: SipHash.Key(low: .random(in: .min ... .max), high: .random(in: .min ... .max)))
    }

    /// Nil: this is no header, or not one of this version.
    init?(decoding bytes: UnsafeRawBufferPointer) {
        var reader = JournalReader(bytes)
        guard reader.word() == Self.magic, reader.int32() == Self.version, reader.int32() == 0,
            let generation = reader.word(), let low = reader.word(), let high = reader.word(),
            reader.word() == Self.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<(Self.bytes - 8)]))
        else { return nil }
        self.init(generation: generation, key: SipHash.Key(low: low, high: high))
    }

    func encode(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBytes(of: Self.magic.littleEndian, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: Self.version.littleEndian, toByteOffset: 8, as: UInt32.self)
        bytes.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
        bytes.storeBytes(of: generation.littleEndian, toByteOffset: 16, as: UInt64.self)
        bytes.storeBytes(of: key.low.littleEndian, toByteOffset: 24, as: UInt64.self)
        bytes.storeBytes(of: key.high.littleEndian, toByteOffset: 32, as: UInt64.self)
        let checksum = Self.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<(Self.bytes - 8)]))
        bytes.storeBytes(of: checksum.littleEndian, toByteOffset: 40, as: UInt64.self)
    }

    private static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = SipHash(key: checksumKey)
        hash.combine(bytes.bindMemory(to: UInt8.self))
        return hash.finalize()
    }
}
