import RemitFrame

/// A frame's bytes.
func frame(
    _ type: FrameType, _ flags: FrameFlags = [], meta: [UInt8] = [], body: [UInt8] = [], slot: UInt32 = 0
) -> [UInt8] {
    FrameHeader(type, flags, metaLength: meta.count, bodyLength: body.count, slot: slot).bytes + meta + body
}

/// A frame as a decoder found it, with its bytes.
struct Decoded: Equatable {
    var header: FrameHeader
    var meta: [UInt8]
    var body: [UInt8]
}

/// What a decoder finds when `pieces` arrive one after the other, and the fault that it ends with.
func decode(_ pieces: [ArraySlice<UInt8>], expectsMagic: Bool) -> (frames: [Decoded], fault: ConnectionFault?) {
    var decoder = FrameDecoder(limits: ConnectionLimits(), expectsMagic: expectsMagic)
    var held: [UInt8] = []
    var frames: [Decoded] = []
    for piece in pieces {
        held += piece
        var offset = 0
        decoding: while true {
            switch decoder.next(held.span, from: offset) {
            case .needMore: break decoding
            case .fault(let fault): return (frames, fault)
            case .frame(let frame):
                frames.append(
                    Decoded(header: frame.header, meta: Array(held[frame.meta]), body: Array(held[frame.body])))
                offset = frame.end
            }
        }
        held.removeFirst(offset)
    }
    return (frames, nil)
}
