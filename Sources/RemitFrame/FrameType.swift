/// What a frame is for.
///
/// Types from 0x80 on may be ignored; any other unknown one ends the connection.
package enum FrameType: UInt8, Sendable, Hashable, CaseIterable {
    /// The first frame of each side: meta is a Hello.
    case hello = 1
    /// Opens a call on a free slot: meta is a RequestMeta, body the message or its first fragment.
    case request = 2
    /// A message of a call, or a fragment of one.
    case data = 3
    /// What the server says before its first message; reserved for metadata, and ignored by a client without use for it.
    case headers = 4
    /// Ends a call and frees its slot: meta is a StatusMeta or absent, body the last message or its last fragment.
    case end = 5
    /// Asks the server to end a call early.
    case cancel = 6
    /// Grants bytes on a slot: body is their number, four bytes little-endian.
    case window = 7
    /// Asks for a PONG: body is eight opaque bytes.
    case ping = 8
    /// Answers a PING with its body.
    case pong = 9
    /// No new calls: meta is a GoAway.
    case goAway = 10
}

/// A frame's flags; the other bits are zero.
package struct FrameFlags: OptionSet, Sendable, Hashable {
    // Numbers, not sets of literals: each of those was an array, made and walked for every frame.
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No flag.
    package static var none: FrameFlags { FrameFlags(rawValue: 0) }
    /// A message, or its first fragment, is here; so an empty message differs from none.
    package static var message: FrameFlags { FrameFlags(rawValue: 1) }
    /// The message goes on in the next DATA or END of this slot.
    package static var more: FrameFlags { FrameFlags(rawValue: 2) }
    /// The sender sends no further message in this call.
    package static var endOfStream: FrameFlags { FrameFlags(rawValue: 4) }
    /// The message is compressed.
    package static var compressed: FrameFlags { FrameFlags(rawValue: 8) }

    /// All flags that have a meaning.
    package static var known: FrameFlags { FrameFlags(rawValue: 15) }
    /// A call's one message, whole.
    package static var wholeMessage: FrameFlags { FrameFlags(rawValue: 5) }
    /// The first fragment of a message.
    package static var firstFragment: FrameFlags { FrameFlags(rawValue: 3) }
}
