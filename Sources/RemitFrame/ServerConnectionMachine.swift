/// The server's side of a connection, without its bytes: frames' headers in, what to do out.
///
/// `awaitingHello → open → draining`, with `refused` for a bad credential and `closed` after a fault. The owner keeps the
/// bytes and does what it is told; the machine knows slots, windows, budgets and what is allowed when.
package struct ServerConnectionMachine: ~Copyable {
    private var state: State

    private enum State: ~Copyable {
        case awaitingHello(Connection)
        case open(Connection)
        case draining(Connection)
        case refused
        case closed
    }

    private struct Connection: Sendable {
        var table: SlotTable
        var peer = PeerLimits()
        var pings: TokenBucket
        var windows: TokenBucket
        var cancels: TokenBucket
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
        state = .awaitingHello(
            Connection(
                table: SlotTable(limits: limits), pings: TokenBucket(limits.pings, now: now),
                windows: TokenBucket(limits.windows, now: now), cancels: TokenBucket(limits.cancels, now: now)))
    }

    private init(_ state: consuming State) { self.state = state }

    // MARK: Input

    /// A frame came; its header was judged by the decoder.
    ///
    /// `grant` is the number in a WINDOW's body.
    package mutating func received(_ header: FrameHeader, grant: UInt32 = 0, now: UInt64) -> OnFrame {
        switch consume self.state {
        case .awaitingHello(let connection):
            let result: OnFrame = header.type == .hello ? .judgeHello : .fault(.protocolViolation)
            self = .init(header.type == .hello ? .awaitingHello(connection) : .closed)
            return result
        case .open(var connection):
            let result = Self.received(header, grant, now, &connection, isDraining: false)
            self = .init(result.isFault ? .closed : .open(connection))
            return result
        case .draining(var connection):
            let result = Self.received(header, grant, now, &connection, isDraining: true)
            self = .init(result.isFault ? .closed : .draining(connection))
            return result
        case .refused:
            self = .init(.refused)
            return header.type == .request ? .refuse(.unauthenticated) : .ignore
        case .closed:
            self = .init(.closed)
            return .ignore
        }
    }

    /// The Hello was good: calls may start.
    package mutating func accept(_ peer: PeerLimits) {
        switch consume self.state {
        case .awaitingHello(var connection):
            connection.peer = peer
            self = .init(.open(connection))
        default:
            preconditionFailure("A Hello is judged once.")
        }
    }

    /// The Hello's credential was bad: every request that is on its way ends UNAUTHENTICATED, nothing runs.
    package mutating func refuse() {
        switch consume self.state {
        case .awaitingHello:
            self = .init(.refused)
        default:
            preconditionFailure("A Hello is judged once.")
        }
    }

    /// The server goes away: running calls go on, new ones are refused.
    ///
    /// False when there is nothing to drain.
    package mutating func beginDrain() -> Bool {
        switch consume self.state {
        case .open(let connection):
            self = .init(.draining(connection))
            return true
        case .draining(let connection):
            self = .init(.draining(connection))
            return true
        default:
            self = .init(.closed)
            return false
        }
    }

    /// The call in `slot` got its END; the slot is free.
    package mutating func ended(_ slot: UInt32) {
        withConnection { $0.table.free(slot) }
    }

    /// Takes up to `wanted` bytes for sending on `slot`: what the window and the peer's frame size allow, maybe 0.
    package mutating func take(_ wanted: Int, on slot: UInt32) -> Int {
        var taken = 0
        withConnection { taken = $0.table.take(min(wanted, $0.peer.frameBodySizeMax), on: slot) }
        return taken
    }

    // MARK: What is

    /// How many slots are in use.
    package var slotsInUse: Int {
        switch state {
        case .awaitingHello(let connection): connection.table.inUse
        case .open(let connection): connection.table.inUse
        case .draining(let connection): connection.table.inUse
        default: 0
        }
    }

    /// Whether the Hello was judged good.
    package var isOpen: Bool {
        switch state {
        case .open: true
        case .draining: true
        default: false
        }
    }

    /// Whether new calls are refused because the server goes away.
    package var isDraining: Bool {
        switch state {
        case .draining: true
        default: false
        }
    }

    /// Bytes of the largest message that the peer accepts.
    package var peerMessageSizeMax: Int {
        switch state {
        case .open(let connection): connection.peer.messageSizeMax
        case .draining(let connection): connection.peer.messageSizeMax
        default: 0
        }
    }

    // MARK: Inside

    private mutating func withConnection(_ change: (inout Connection) -> Void) {
        switch consume self.state {
        case .awaitingHello(var connection):
            change(&connection)
            self = .init(.awaitingHello(connection))
        case .open(var connection):
            change(&connection)
            self = .init(.open(connection))
        case .draining(var connection):
            change(&connection)
            self = .init(.draining(connection))
        case .refused:
            self = .init(.refused)
        case .closed:
            self = .init(.closed)
        }
    }

    private static func received(
        _ header: FrameHeader, _ grant: UInt32, _ now: UInt64, _ connection: inout Connection, isDraining: Bool
    ) -> OnFrame {
        switch header.type {
        case nil: return .ignore
        case .hello, .end, .headers: return .fault(.protocolViolation)
        case .request: return request(header, &connection, isDraining: isDraining)
        case .data:
            guard connection.table.isUsed(header.slot) else { return .ignore }
            return body(header, &connection, isFirst: false)
        case .cancel:
            guard connection.cancels.take(now: now) else { return .fault(.flood) }
            return connection.table.isUsed(header.slot) ? .cancel : .ignore
        case .window:
            guard connection.windows.take(now: now) else { return .fault(.flood) }
            guard connection.table.isUsed(header.slot) else { return .ignore }
            return connection.table.receivedGrant(grant, on: header.slot) ? .resume : .fault(.windowExceeded)
        case .ping: return connection.pings.take(now: now) ? .pong : .fault(.flood)
        case .pong: return .pongReceived
        case .goAway: return .goAwayReceived
        }
    }

    private static func request(_ header: FrameHeader, _ connection: inout Connection, isDraining: Bool) -> OnFrame {
        let slotsMax = connection.table.limits.slotsMax
        guard header.slot < slotsMax else {
            return header.slot < PeerLimits().slotsMax ? .refuse(.tooManySlots) : .fault(.slotInUse)
        }
        guard !connection.table.isUsed(header.slot) else { return .fault(.slotInUse) }
        if isDraining { return .refuse(.draining) }
        connection.table.open(header.slot, sendWindow: connection.peer.windowSize)
        return body(header, &connection, isFirst: true)
    }

    private static func body(_ header: FrameHeader, _ connection: inout Connection, isFirst: Bool) -> OnFrame {
        let closes = header.flags.contains(.endOfStream)
        let isSecond = header.flags.contains(.message) && connection.table.hasMessage(header.slot)
        switch connection.table.receivedBody(header, closes: closes) {
        case .fault(let fault): return .fault(fault)
        case .whole where isSecond, .fragment where isSecond:
            connection.table.free(header.slot)
            return .refuse(.secondMessage)
        case .tooLarge(let isMessage):
            connection.table.free(header.slot)
            return .refuse(isMessage ? .messageTooLarge : .reassemblyExceeded)
        case .whole where closes && isFirst: return .start
        case .whole where closes, .last where closes: return .appendAndStart
        case .nothing where closes && !connection.table.hasMessage(header.slot):
            connection.table.free(header.slot)
            return .refuse(.noMessage)
        case .nothing where closes: return .appendAndStart
        case .nothing, .whole, .last, .fragment:
            let grant = connection.table.grant(on: header.slot)
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
