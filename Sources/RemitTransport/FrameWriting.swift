import NIOCore
import RemitFrame
import RemitWire

extension ByteBuffer {
    /// Writes a frame's header.
    mutating func writeHeader(_ header: FrameHeader) {
        reserveCapacity(minimumWritableBytes: FrameHeader.size + header.length)
        writeInteger(header.firstWord, endianness: .little)
        writeInteger(header.slot, endianness: .little)
    }

    /// Writes a frame whose meta and body `bytes` holds, in one go.
    mutating func writeFrame(_ header: FrameHeader, _ bytes: borrowing WireWriter) {
        writeFrame(header) { target in
            bytes.withBytes { span in span.withUnsafeBytes { target.copyMemory(from: $0) } }
        }
    }

    /// Writes a frame that is nothing but `meta`, in one go.
    mutating func writeFrame(_ header: FrameHeader, meta: [UInt8]) {
        writeFrame(header) { target in meta.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Writes a header, and behind it what `fill` puts into the frame's `length` bytes.
    private mutating func writeFrame(_ header: FrameHeader, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let size = FrameHeader.size + header.length
        writeWithUnsafeMutableBytes(minimumWritableBytes: size) { target in
            target.storeBytes(of: header.firstWord.littleEndian, as: UInt64.self)
            target.storeBytes(of: header.slot.littleEndian, toByteOffset: 8, as: UInt32.self)
            fill(UnsafeMutableRawBufferPointer(rebasing: target[FrameHeader.size..<size]))
            return size
        }
    }

    /// Writes a frame of the connection whose meta is `message`.
    mutating func writeFrame<Meta: Message>(_ type: FrameType, meta: Meta) {
        let bytes = meta.encoded()
        writeHeader(FrameHeader(type, metaLength: bytes.count))
        writeBytes(bytes)
    }

    /// Writes a WINDOW frame.
    mutating func writeWindow(_ grant: UInt32, on slot: UInt32) {
        writeHeader(FrameHeader(.window, bodyLength: 4, slot: slot))
        writeInteger(grant, endianness: .little)
    }

    /// Writes a PING with an arbitrary body.
    mutating func writePing(_ body: UInt64) {
        writeHeader(FrameHeader(.ping, bodyLength: 8))
        writeInteger(body, endianness: .little)
    }

    /// Writes a GOAWAY for a fault.
    mutating func writeGoAway(_ fault: ConnectionFault) {
        var meta = GoAway()
        meta.code = fault.rawValue
        meta.text = fault.text
        writeFrame(.goAway, meta: meta)
    }

    /// Writes what `bytes` spans.
    mutating func writeSpan(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { _ = writeBytes($0) }
    }
}

extension Span where Element == UInt8 {
    /// The number in a WINDOW's body, little-endian; 0 for other frames.
    func grant(in frame: FrameDecoder.Frame) -> UInt32 {
        guard frame.header.type == .window else { return 0 }
        var value: UInt32 = 0
        for place in 0..<4 { value |= UInt32(self[frame.body.lowerBound + place]) << (8 * UInt32(place)) }
        return value
    }

    /// The number in a PONG's body; 0 for other frames.
    func number(in frame: FrameDecoder.Frame) -> UInt64 {
        guard frame.header.type == .pong, frame.body.count == 8 else { return 0 }
        return UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: frame.body.lowerBound, as: UInt64.self))
    }

    /// A copy of the bytes in `range`.
    func array(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }
    }
}
