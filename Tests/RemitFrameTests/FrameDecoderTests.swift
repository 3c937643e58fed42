import RemitFrame
import RemitWire
import Testing

@Suite struct FrameDecoderTests {
    @Test func `finds the same frames however the bytes are split`() throws {
        let vectors = try GoldenVectors()
        for (name, magic) in [
            ("client_opening", true), ("echo_request", false), ("fragments", false), ("ping_pong", false),
        ] {
            let bytes = vectors[name]
            let whole = decode([bytes[...]], expectsMagic: magic)
            #expect(whole.fault == nil && !whole.frames.isEmpty)
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
                    let result = decode(pieces, expectsMagic: magic)
                    try #require(
                        result.fault == nil && result.frames == whole.frames, "\(name) split at \(first), \(second)")
                }
            }
            #expect(decode(bytes.indices.map { bytes[$0...$0] }, expectsMagic: magic).frames == whole.frames)
        }
    }

    @Test func `judges the magic at the first wrong byte`() {
        for place in FrameDecoder.magic.indices {
            var bytes = Array(FrameDecoder.magic[...place])
            bytes[place] ^= 1
            #expect(decode([bytes[...]], expectsMagic: true).fault == .wrongMagic)
        }
        #expect(decode([FrameDecoder.magic[...]], expectsMagic: true).fault == nil)
    }

    @Test(
        arguments: [(16_384, 16_384, nil), (16_385, 0, .frameTooLarge), (0, 16_385, .frameTooLarge)]
            as [(Int, Int, ConnectionFault?)])
    func `judges sizes by the header alone`(meta: Int, body: Int, fault: ConnectionFault?) {
        let header = FrameHeader(.request, .message, metaLength: meta, bodyLength: body)
        #expect(decode([header.bytes[...]], expectsMagic: false).fault == fault)
    }

    @Test func `refuses a length beyond what a number of 32 bits promises, without room for it`() {
        let header: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 3, 1, 0, 0, 0, 0, 0, 0]
        #expect(decode([header[...]], expectsMagic: false).fault == .frameTooLarge)
    }

    @Test(
        arguments: [
            ("meta longer than the frame", [1, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0]),
            ("unknown type below 0x80", FrameHeader.bytes(type: 0x7F)),
            ("type 0", FrameHeader.bytes(type: 0)),
            ("unknown flag", FrameHeader.bytes(type: 3, flags: 0x10)),
            ("compressed, though not offered", FrameHeader.bytes(type: 3, flags: 0x09)),
            ("HELLO on a slot", FrameHeader.bytes(type: 1, slot: 1)),
            ("PING without its body", FrameHeader.bytes(type: 8)),
            ("WINDOW without its body", FrameHeader.bytes(type: 7)),
            ("CANCEL with flags", FrameHeader.bytes(type: 6, flags: 1)),
            ("REQUEST without meta", FrameHeader.bytes(type: 2, flags: 1)),
            ("END with MORE", FrameHeader.bytes(type: 5, flags: 2)),
        ] as [(String, [UInt8])])
    func `refuses a frame that isn't formed as it must be`(name: String, bytes: [UInt8]) {
        #expect(decode([bytes[...]], expectsMagic: false).fault == .protocolViolation)
    }

    @Test func `lets types from 0x80 on pass`() {
        let result = decode([FrameHeader.bytes(type: 0x80, flags: 0xFF)[...]], expectsMagic: false)
        #expect(result.fault == nil && result.frames.count == 1 && result.frames[0].header.type == nil)
    }
}

extension FrameHeader {
    /// An empty frame of any type.
    static func bytes(type: UInt8, flags: UInt8 = 0, slot: UInt8 = 0) -> [UInt8] {
        [0, 0, 0, 0, type, flags, 0, 0, slot, 0, 0, 0]
    }
}
