internal import RemitDomain

/// What is written at once, and is there whole or not at all: a round's records, or texts that they need.
///
/// 4 bytes of the kind ("RJrt" or "RJrr"), the payload's length (UInt32), generation, round (UInt64 each), a checksum of
/// all these and the payload under the segment's key (UInt64), the payload, and zeros up to the next sector.
struct JournalFrame: Hashable, Sendable {
    enum Kind: UInt32 {
        case texts = 0x7472_4a52
        case records = 0x7272_4a52
    }

    static let headerBytes = 32
    /// Frames begin where a sector does: what a torn write spoils is never part of an earlier frame.
    static let sectorBytes = 512
    /// A longer one is none of ours.
    static let payloadBytesMax = 16 * 1_024 * 1_024

    var kind: Kind
    var payloadBytes: Int
    var generation: UInt64
    /// From 1 in each generation; a round's texts have its number, too.
    var round: UInt64
    var checksum: UInt64 = 0

    /// Bytes of a frame with so long a payload.
    static func length(payload: Int) -> Int {
        (headerBytes + payload + sectorBytes - 1) / sectorBytes * sectorBytes
    }

    var length: Int { Self.length(payload: payloadBytes) }

    init(kind: Kind, payloadBytes: Int, generation: UInt64, round: UInt64) {
        self.kind = kind
        self.payloadBytes = payloadBytes
        self.generation = generation
        self.round = round
    }

    /// Nil: this is no frame's header.
    init?(decoding header: UnsafeRawBufferPointer) {
        var reader = JournalReader(header)
        guard let kind = reader.int32().flatMap(Kind.init), let count = reader.int32(), count <= Self.payloadBytesMax,
            let generation = reader.word(), let round = reader.word(), let checksum = reader.word()
        else { return nil }
        self.init(kind: kind, payloadBytes: Int(count), generation: generation, round: round)
        self.checksum = checksum
    }

    /// Writes the header before a payload that is there already; `bytes` begins with room for it.
    func seal(_ bytes: UnsafeMutableRawBufferPointer, key: SipHash.Key) {
        bytes.storeBytes(of: kind.rawValue.littleEndian, toByteOffset: 0, as: UInt32.self)
        bytes.storeBytes(of: UInt32(payloadBytes).littleEndian, toByteOffset: 4, as: UInt32.self)
        bytes.storeBytes(of: generation.littleEndian, toByteOffset: 8, as: UInt64.self)
        bytes.storeBytes(of: round.littleEndian, toByteOffset: 16, as: UInt64.self)
        let payload = UnsafeRawBufferPointer(rebasing: bytes[Self.headerBytes..<Self.headerBytes + payloadBytes])
        bytes.storeBytes(of: computed(payload, key).littleEndian, toByteOffset: 24, as: UInt64.self)
    }

    func isSealed(_ payload: UnsafeRawBufferPointer, key: SipHash.Key) -> Bool {
        checksum == computed(payload, key)
    }

    private func computed(_ payload: UnsafeRawBufferPointer, _ key: SipHash.Key) -> UInt64 {
        var hash = SipHash(key: key)
        hash.combine(UInt64(kind.rawValue) << 32 | UInt64(payloadBytes))
        hash.combine(generation)
        hash.combine(round)
        hash.combine(payload.bindMemory(to: UInt8.self))
        return hash.finalize()
    }
}
