/// What arrives on one slot: the window, and the message that is being put together.
struct MessageIntake: Sendable, Hashable {
    /// Bytes that the peer may still send.
    private(set) var window: Int
    /// Bytes of the message in progress; nil between messages.
    private(set) var partial: Int?
    /// Whether a whole message has come.
    private(set) var hasMessage = false
    /// Whether the peer has said that no more comes.
    private(set) var isClosed = false
    /// Bytes of whole messages that nobody has taken yet.
    private var unread = 0
    private let windowSize: Int

    init(windowSize: Int) {
        window = windowSize
        self.windowSize = windowSize
    }

    enum OnBody: Sendable, Hashable {
        /// Nothing but, perhaps, the end of the stream.
        case nothing
        /// A whole message in one frame.
        case whole
        /// A first or middle fragment.
        case fragment
        /// The last fragment of a message of so many bytes.
        case last(size: Int)
        /// The peer broke the rules.
        case fault(ConnectionFault)
    }

    /// A frame with `count` bytes of body came; `closes` says that nothing follows it.
    mutating func received(_ flags: FrameFlags, count: Int, closes: Bool) -> OnBody {
        guard !isClosed else { return .fault(.protocolViolation) }
        guard count <= window else { return .fault(.windowExceeded) }
        let begins = flags.contains(.message)
        let goesOn = flags.contains(.more)
        guard !(begins && partial != nil), !(goesOn && closes) else { return .fault(.protocolViolation) }
        window -= count
        isClosed = closes
        if begins {
            partial = goesOn ? count : nil
            if !goesOn { took(count) }
            return goesOn ? .fragment : .whole
        }
        guard let sum = partial else {
            return count == 0 && !goesOn ? .nothing : .fault(.protocolViolation)
        }
        partial = goesOn ? sum + count : nil
        if goesOn { return .fragment }
        took(sum + count)
        return .last(size: sum + count)
    }

    private mutating func took(_ count: Int) {
        unread += count
        hasMessage = true
    }

    /// A whole message of `count` bytes was taken.
    mutating func consumed(_ count: Int) { unread = max(0, unread - count) }

    /// How many bytes to grant now, in bulk of half a window; 0: none yet.
    ///
    /// A message in progress is granted for as it grows, or one larger than the window would never end; but only while
    /// no whole message waits, so that a slow reader holds a window and one message at most.
    mutating func grant() -> UInt32 {
        guard !isClosed else { return 0 }
        let held = unread == 0 ? 0 : unread + (partial ?? 0)
        let deficit = windowSize - held - window
        guard deficit > 0, deficit * 2 >= windowSize else { return 0 }
        window += deficit
        return UInt32(deficit)
    }
}
