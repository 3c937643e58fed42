/// The server's side of a connection, without its bytes: frames' headers in, what to do out.
///
/// `awaitingHello → open → draining`, with `refused` for a bad credential and `closed` after a fault. The owner keeps the
/// bytes and does what it is told; the machine knows slots, windows, budgets and what is allowed when.
package struct ServerConnectionMachine: ~Copyable {
    // Side by side, not a state with its connection as payload: that would be moved out and in for every frame.
    private var state = State.awaitingHello
    private var table: SlotTable
    private var peer = PeerLimits()
    private var pings: TokenBucket
    private var windows: TokenBucket
    private var cancels: TokenBucket

    private enum State {
        case awaitingHello
        case open
        case draining
        case refused
        case closed
    }

    /// Why a request ends at once, before anything ran.
    package enum Refusal: Sendable, Hashable {
        /// The message is larger than the server accepts.
        case messageTooLarge
        /// The connection holds too many bytes of incomplete messages.
        case reassemblyExceeded
        /// The slot is beyond what the server accepts, and within what a client may assume before the Hello.
        case tooManySlots
        /// The request ended without a message.
        case noMessage
        /// A second message began; every call of today takes one.
        case secondMessage
        /// The server is going away.
        case draining
        /// The connection's credential was refused.
        case unauthenticated
    }

    /// What to do about a frame.
    package enum OnFrame: Sendable, Hashable {
        /// Nothing.
        case ignore
        /// Judge the Hello in the meta, then call `accept` or `refuse`.
        case judgeHello
        /// Start the call: meta and whole message are in this frame.
        case start
        /// Keep the meta and the body, a first fragment or nothing; grant so many bytes if not 0.
        case keep(grant: UInt32)
        /// Append the body to what was kept; grant so many bytes if not 0.
        case append(grant: UInt32)
        /// Append the body to what was kept and start the call.
        case appendAndStart
        /// End the call with an error; the slot is free.
        case refuse(Refusal)
        /// The caller gave up.
        case cancel
        /// More may be sent on this slot.
        case resume
        /// Answer with a PONG that has the same body.
        case pong
        /// The peer answered a PING.
        case pongReceived
        /// The client will send no more requests.
        case goAwayReceived
        /// Say so by GOAWAY and close.
        case fault(ConnectionFault)
    }

    /// A machine at its start; `now` is in nanoseconds.
    package init(limits: ConnectionLimits, now: UInt64) {
        table = SlotTable(limits: limits)
        pings = TokenBucket(limits.pings, now: now)
        windows = TokenBucket(limits.windows, now: now)
        cancels = TokenBucket(limits.cancels, now: now)
    }

    // MARK: Input

    /// A frame came; its header was judged by the decoder.
    ///
    /// `grant` is the number in a WINDOW's body.
    package mutating func received(_ header: FrameHeader, grant: UInt32 = 0, now: UInt64) -> OnFrame {
        switch state {
        case .open, .draining:
            let result = receivedInOpen(header, grant, now)
            if result.isFault { state = .closed }
            return result
        case .awaitingHello:
            if header.type == .hello { return .judgeHello }
            state = .closed
            return .fault(.protocolViolation)
        case .refused:
            return header.type == .request ? .refuse(.unauthenticated) : .ignore
        case .closed:
            return .ignore
        }
    }

    /// The Hello was good: calls may start.
    package mutating func accept(_ peer: PeerLimits) {
        precondition(state == .awaitingHello, "A Hello is judged once.")
        self.peer = peer
        state = .open
    }

    /// The Hello's credential was bad: every request that is on its way ends UNAUTHENTICATED, nothing runs.
    package mutating func refuse() {
        precondition(state == .awaitingHello, "A Hello is judged once.")
        state = .refused
    }

    /// The server goes away: running calls go on, new ones are refused.
    ///
    /// False when there is nothing to drain.
    package mutating func beginDrain() -> Bool {
        guard isOpen else {
            state = .closed
            return false
        }
        state = .draining
        return true
    }

    /// The call in `slot` got its END; the slot is free.
    package mutating func ended(_ slot: UInt32) {
        if isOpen { table.free(slot) }
    }

    /// Takes up to `wanted` bytes for sending on `slot`: what the window and the peer's frame size allow, maybe 0.
    package mutating func take(_ wanted: Int, on slot: UInt32) -> Int {
        isOpen ? table.take(min(wanted, peer.frameBodySizeMax), on: slot) : 0
    }

    // MARK: What is

    /// How many slots are in use.
    package var slotsInUse: Int { isOpen ? table.inUse : 0 }

    /// Whether the Hello was judged good.
    package var isOpen: Bool { state == .open || state == .draining }

    /// Whether new calls are refused because the server goes away.
    package var isDraining: Bool { state == .draining }

    /// Bytes of the largest message that the peer accepts.
    package var peerMessageSizeMax: Int { isOpen ? peer.messageSizeMax : 0 }

    // MARK: Inside

    private mutating func receivedInOpen(_ header: FrameHeader, _ grant: UInt32, _ now: UInt64) -> OnFrame {
        switch header.type {
        case .request: return request(header)
        case .data:
            guard table.isUsed(header.slot) else { return .ignore }
            return body(header, isFirst: false)
        case nil: return .ignore
        case .hello, .end, .headers: return .fault(.protocolViolation)
        case .cancel:
            guard cancels.take(now: now) else { return .fault(.flood) }
            return table.isUsed(header.slot) ? .cancel : .ignore
        case .window:
            guard windows.take(now: now) else { return .fault(.flood) }
            guard table.isUsed(header.slot) else { return .ignore }
            return table.receivedGrant(grant, on: header.slot) ? .resume : .fault(.windowExceeded)
        case .ping: return pings.take(now: now) ? .pong : .fault(.flood)
        case .pong: return .pongReceived
        case .goAway: return .goAwayReceived
        }
    }

    private mutating func request(_ header: FrameHeader) -> OnFrame {
        guard header.slot < table.limits.slotsMax else {
            return header.slot < PeerLimits().slotsMax ? .refuse(.tooManySlots) : .fault(.slotInUse)
        }
        guard !table.isUsed(header.slot) else { return .fault(.slotInUse) }
        if isDraining { return .refuse(.draining) }
        table.open(header.slot, sendWindow: peer.windowSize)
        return body(header, isFirst: true)
    }

    private mutating func body(_ header: FrameHeader, isFirst: Bool) -> OnFrame {
        let closes = header.flags.contains(.endOfStream)
        let isSecond = header.flags.contains(.message) && table.hasMessage(header.slot)
        switch table.receivedBody(header, closes: closes) {
        case .fault(let fault): return .fault(fault)
        case .whole where isSecond, .fragment where isSecond:
            table.free(header.slot)
            return .refuse(.secondMessage)
        case .tooLarge(let isMessage):
            table.free(header.slot)
            return .refuse(isMessage ? .messageTooLarge : .reassemblyExceeded)
        case .whole where closes && isFirst: return .start
        case .whole where closes, .last where closes: return .appendAndStart
        case .nothing where closes && !table.hasMessage(header.slot):
            table.free(header.slot)
            return .refuse(.noMessage)
        case .nothing where closes: return .appendAndStart
        case .nothing, .whole, .last, .fragment:
            let grant = table.grant(on: header.slot)
            return isFirst ? .keep(grant: grant) : .append(grant: grant)
        }
    }
}

extension ServerConnectionMachine.OnFrame {
    var isFault: Bool {
        if case .fault = self { return true }
        return false
    }
}
