/// Finds frames in bytes that others hold: it copies nothing and allocates nothing.
///
/// The caller keeps what isn't consumed yet, at most one frame, and asks again when more has come.
package struct FrameDecoder: Sendable {
    /// The client's first bytes.
    package static let magic: [UInt8] = Array("REMIT/1\n".utf8)

    /// One frame; its ranges are positions in the bytes that were given.
    package struct Frame: Sendable, Hashable {
        package var header: FrameHeader
        package var meta: Range<Int>
        package var body: Range<Int>
        /// The position behind the frame.
        package var end: Int { body.upperBound }
    }

    /// What is next in the bytes.
    package enum OnNext: Sendable, Hashable {
        /// Nothing whole; not an error.
        case needMore
        /// A frame.
        case frame(Frame)
        /// Bytes that no frame begins with.
        case fault(ConnectionFault)
    }

    private let limits: ConnectionLimits
    private var awaitsMagic: Bool

    /// A decoder for the server's side, which expects the magic first, or the client's, which doesn't.
    package init(limits: ConnectionLimits, expectsMagic: Bool) {
        self.limits = limits
        awaitsMagic = expectsMagic
    }

    /// What is next in `bytes` from `offset` on.
    ///
    /// The first frame's range tells where the magic ended.
    ///
    /// Sizes are judged as soon as the header is there: no room is ever made for a frame that is too large.
    package mutating func next(_ bytes: Span<UInt8>, from offset: Int) -> OnNext {
        var offset = offset
        if awaitsMagic {
            let count = min(bytes.count - offset, Self.magic.count)
            for place in 0..<count where bytes[offset + place] != Self.magic[place] { return .fault(.wrongMagic) }
            guard count == Self.magic.count else { return .needMore }
            offset += count
        }
        guard bytes.count - offset >= FrameHeader.size else { return .needMore }
        let header = FrameHeader(bytes, at: offset)
        if let fault = fault(of: header) { return .fault(fault) }
        let start = offset + FrameHeader.size
        guard bytes.count - start >= header.length else { return .needMore }
        awaitsMagic = false
        let middle = start + header.metaLength
        return .frame(Frame(header: header, meta: start..<middle, body: middle..<start + header.length))
    }

    private func fault(of header: FrameHeader) -> ConnectionFault? {
        guard header.metaLength <= header.length else { return .protocolViolation }
        guard header.metaLength <= limits.metaSizeMax, header.bodyLength <= limits.frameBodySizeMax else {
            return .frameTooLarge
        }
        guard let type = header.type else {
            return header.typeNumber < 0x80 ? .protocolViolation : nil
        }
        guard header.flags.isSubset(of: .known), !header.flags.contains(.compressed) else { return .protocolViolation }
        let body = header.bodyLength
        let isFormed =
            switch type {
            case .hello: header.slot == 0 && header.flags.isEmpty && body == 0
            case .goAway: header.slot == 0 && header.flags.isEmpty && body == 0
            case .ping, .pong: header.slot == 0 && header.flags.isEmpty && header.metaLength == 0 && body == 8
            case .cancel: header.flags.isEmpty && header.length == 0
            case .window: header.flags.isEmpty && header.metaLength == 0 && body == 4
            case .headers: header.flags.isEmpty && body == 0
            case .request: header.metaLength > 0
            case .data: header.metaLength == 0
            case .end: header.flags.isDisjoint(with: [.more, .endOfStream])
            }
        return isFormed ? nil : .protocolViolation
    }
}
