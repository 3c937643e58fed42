/// The client's side of a connection, without its bytes: it hands out slots, and says what the server's frames mean.
///
/// `awaitingHello → open → draining → closed`; calls may be made at once, on the protocol's default limits.
package struct ClientConnectionMachine: ~Copyable {
    // Side by side, not a state with its connection as payload: that would be moved out and in for every frame.
    private var state = State.awaitingHello
    private var table: SlotTable
    private var free: [UInt32] = []
    private var pings: TokenBucket
    /// What the server accepts.
    package private(set) var peer = PeerLimits()

    private enum State {
        case awaitingHello
        case open
        case draining
        case closed
    }

    /// What to do about a frame.
    package enum OnFrame: Sendable, Hashable {
        /// Nothing.
        case ignore
        /// Read the Hello in the meta, then call `accept`.
        case readHello
        /// A whole message of a stream is the body.
        case message
        /// Append the body to what was kept of the slot's message; grant so many bytes if not 0.
        case append(grant: UInt32)
        /// Append the body: that is a whole message of a stream.
        case appendToMessage
        /// The call ended; the slot is free. The body is a last message.
        case endWithMessage
        /// The call ended; the slot is free. The body ends the message that was kept.
        case endWithFragment
        /// The call ended without a further message; the slot is free.
        case end
        /// The message is larger than the client accepts: ask for the call's end, and drop what comes.
        case tooLarge
        /// More may be sent on this slot.
        case resume
        /// Answer with a PONG that has the same body.
        case pong
        /// The peer answered a PING.
        case pongReceived
        /// No new calls here; those in use go on.
        case drain
        /// Say so by GOAWAY and close.
        case fault(ConnectionFault)
    }

    /// A machine at its start; `now` is in nanoseconds.
    package init(limits: ConnectionLimits, now: UInt64) {
        table = SlotTable(limits: limits)
        pings = TokenBucket(limits.pings, now: now)
    }

    // MARK: Input

    /// Takes a free slot for a new call; nil when there is none, or no new call may begin.
    package mutating func open() -> UInt32? {
        guard acceptsCalls else { return nil }
        let slot: UInt32
        if let freed = free.popLast() {
            slot = freed
        } else if table.count < min(peer.slotsMax, table.limits.slotsMax) {
            slot = UInt32(table.count)
        } else {
            return nil
        }
        table.open(slot, sendWindow: peer.windowSize)
        return slot
    }

    /// A frame came; its header was judged by the decoder.
    ///
    /// `grant` is the number in a WINDOW's body.
    package mutating func received(_ header: FrameHeader, grant: UInt32 = 0, now: UInt64) -> OnFrame {
        switch state {
        case .open, .draining:
            let result = receivedInOpen(header, grant, now)
            switch result {
            case .fault: state = .closed
            case .drain: state = .draining
            default: break
            }
            return result
        case .awaitingHello:
            switch header.type {
            case .hello: return .readHello
            case .goAway:
                state = .draining
                return .drain
            default:
                state = .closed
                return .fault(.protocolViolation)
            }
        case .closed:
            return .ignore
        }
    }

    /// The server's Hello was read: its limits hold from now on.
    package mutating func accept(_ peer: PeerLimits) {
        precondition(state == .awaitingHello, "A Hello is read once.")
        table.moveSendWindows(by: peer.windowSize - self.peer.windowSize)
        self.peer = peer
        state = .open
    }

    /// Takes up to `wanted` bytes for sending on `slot`: what the window and the peer's frame size allow, maybe 0.
    package mutating func take(_ wanted: Int, on slot: UInt32) -> Int {
        table.take(min(wanted, peer.frameBodySizeMax), on: slot)
    }

    /// A message of `count` bytes was read from the stream in `slot`: how many bytes to grant now; 0: none.
    package mutating func consumed(_ count: Int, on slot: UInt32) -> UInt32 {
        guard state != .closed else { return 0 }
        table.consumed(count, on: slot)
        return table.grant(on: slot)
    }

    // MARK: What is

    /// Whether a new call may begin here, if a slot is free.
    package var acceptsCalls: Bool { state == .open || state == .awaitingHello }

    /// How many slots are in use.
    package var slotsInUse: Int { state == .closed ? 0 : table.inUse }

    // MARK: Inside

    private mutating func receivedInOpen(_ header: FrameHeader, _ grant: UInt32, _ now: UInt64) -> OnFrame {
        switch header.type {
        case .end: return end(header)
        case .data: return data(header)
        case nil: return .ignore
        case .hello, .request, .cancel: return .fault(.protocolViolation)
        case .headers: return table.isUsed(header.slot) ? .ignore : .fault(.protocolViolation)
        case .window:
            guard table.isUsed(header.slot) else { return .ignore }
            return table.receivedGrant(grant, on: header.slot) ? .resume : .fault(.windowExceeded)
        case .ping: return pings.take(now: now) ? .pong : .fault(.flood)
        case .pong: return .pongReceived
        case .goAway: return .drain
        }
    }

    private mutating func data(_ header: FrameHeader) -> OnFrame {
        // A server never sends on a slot that is free: END is its last frame there.
        guard table.isUsed(header.slot) else { return .fault(.protocolViolation) }
        switch table.receivedBody(header, closes: false) {
        case .nothing: return .ignore
        case .whole: return .message
        case .fragment: return .append(grant: table.grant(on: header.slot))
        case .last: return .appendToMessage
        case .tooLarge: return .tooLarge
        case .fault(let fault): return .fault(fault)
        }
    }

    private mutating func end(_ header: FrameHeader) -> OnFrame {
        guard table.isUsed(header.slot) else { return .fault(.protocolViolation) }
        let result = table.receivedBody(header, closes: true)
        table.free(header.slot)
        free.append(header.slot)
        switch result {
        case .nothing: return .end
        case .whole: return .endWithMessage
        case .last, .fragment: return .endWithFragment
        case .tooLarge: return .end
        case .fault(let fault): return .fault(fault)
        }
    }
}
