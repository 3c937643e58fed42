/// The client's side of a connection, without its bytes: it hands out slots, and says what the server's frames mean.
///
/// `awaitingHello → open → draining → closed`; calls may be made at once, on the protocol's default limits.
package struct ClientConnectionMachine: ~Copyable {
    private var state: State

    private enum State: ~Copyable {
        case awaitingHello(Connection)
        case open(Connection)
        case draining(Connection)
        case closed
    }

    private struct Connection: Sendable {
        var table: SlotTable
        var peer = PeerLimits()
        var free: [UInt32] = []
        var pings: TokenBucket
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
        state = .awaitingHello(
            Connection(table: SlotTable(limits: limits), pings: TokenBucket(limits.pings, now: now)))
    }

    private init(_ state: consuming State) { self.state = state }

    // MARK: Input

    /// Takes a free slot for a new call; nil when there is none, or no new call may begin.
    package mutating func open() -> UInt32? {
        var opened: UInt32?
        let mayBegin = acceptsCalls
        withConnection { connection in
            guard mayBegin else { return }
            let slot: UInt32
            if let freed = connection.free.popLast() {
                slot = freed
            } else if connection.table.slots.count < min(connection.peer.slotsMax, connection.table.limits.slotsMax) {
                slot = UInt32(connection.table.slots.count)
            } else {
                return
            }
            connection.table.open(slot, sendWindow: connection.peer.windowSize)
            opened = slot
        }
        return opened
    }

    /// A frame came; its header was judged by the decoder.
    ///
    /// `grant` is the number in a WINDOW's body.
    package mutating func received(_ header: FrameHeader, grant: UInt32 = 0, now: UInt64) -> OnFrame {
        switch consume self.state {
        case .awaitingHello(let connection):
            switch header.type {
            case .hello:
                self = .init(.awaitingHello(connection))
                return .readHello
            case .goAway:
                self = .init(.draining(connection))
                return .drain
            default:
                self = .init(.closed)
                return .fault(.protocolViolation)
            }
        case .open(var connection):
            let result = Self.received(header, grant, now, &connection)
            switch result {
            case .fault: self = .init(.closed)
            case .drain: self = .init(.draining(connection))
            default: self = .init(.open(connection))
            }
            return result
        case .draining(var connection):
            let result = Self.received(header, grant, now, &connection)
            if case .fault = result { self = .init(.closed) } else { self = .init(.draining(connection)) }
            return result
        case .closed:
            self = .init(.closed)
            return .ignore
        }
    }

    /// The server's Hello was read: its limits hold from now on.
    package mutating func accept(_ peer: PeerLimits) {
        switch consume self.state {
        case .awaitingHello(var connection):
            connection.table.moveSendWindows(by: peer.windowSize - connection.peer.windowSize)
            connection.peer = peer
            self = .init(.open(connection))
        default:
            preconditionFailure("A Hello is read once.")
        }
    }

    /// Takes up to `wanted` bytes for sending on `slot`: what the window and the peer's frame size allow, maybe 0.
    package mutating func take(_ wanted: Int, on slot: UInt32) -> Int {
        var taken = 0
        withConnection { taken = $0.table.take(min(wanted, $0.peer.frameBodySizeMax), on: slot) }
        return taken
    }

    /// A message of `count` bytes was read from the stream in `slot`: how many bytes to grant now; 0: none.
    package mutating func consumed(_ count: Int, on slot: UInt32) -> UInt32 {
        var grant: UInt32 = 0
        withConnection {
            $0.table.consumed(count, on: slot)
            grant = $0.table.grant(on: slot)
        }
        return grant
    }

    // MARK: What is

    /// Whether a new call may begin here, if a slot is free.
    package var acceptsCalls: Bool {
        switch state {
        case .awaitingHello: true
        case .open: true
        default: false
        }
    }

    /// How many slots are in use.
    package var slotsInUse: Int {
        switch state {
        case .awaitingHello(let connection): connection.table.inUse
        case .open(let connection): connection.table.inUse
        case .draining(let connection): connection.table.inUse
        case .closed: 0
        }
    }

    /// What the server accepts.
    package var peer: PeerLimits {
        switch state {
        case .awaitingHello(let connection): connection.peer
        case .open(let connection): connection.peer
        case .draining(let connection): connection.peer
        case .closed: PeerLimits()
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
        case .closed:
            self = .init(.closed)
        }
    }

    private static func received(
        _ header: FrameHeader, _ grant: UInt32, _ now: UInt64, _ connection: inout Connection
    ) -> OnFrame {
        switch header.type {
        case nil: return .ignore
        case .hello, .request, .cancel: return .fault(.protocolViolation)
        case .headers: return connection.table.isUsed(header.slot) ? .ignore : .fault(.protocolViolation)
        case .data: return data(header, &connection)
        case .end: return end(header, &connection)
        case .window:
            guard connection.table.isUsed(header.slot) else { return .ignore }
            return connection.table.receivedGrant(grant, on: header.slot) ? .resume : .fault(.windowExceeded)
        case .ping: return connection.pings.take(now: now) ? .pong : .fault(.flood)
        case .pong: return .pongReceived
        case .goAway: return .drain
        }
    }

    private static func data(_ header: FrameHeader, _ connection: inout Connection) -> OnFrame {
        // A server never sends on a slot that is free: END is its last frame there.
        guard connection.table.isUsed(header.slot) else { return .fault(.protocolViolation) }
        switch connection.table.receivedBody(header, closes: false) {
        case .nothing: return .ignore
        case .whole: return .message
        case .fragment: return .append(grant: connection.table.grant(on: header.slot))
        case .last: return .appendToMessage
        case .tooLarge: return .tooLarge
        case .fault(let fault): return .fault(fault)
        }
    }

    private static func end(_ header: FrameHeader, _ connection: inout Connection) -> OnFrame {
        guard connection.table.isUsed(header.slot) else { return .fault(.protocolViolation) }
        let result = connection.table.receivedBody(header, closes: true)
        connection.table.free(header.slot)
        connection.free.append(header.slot)
        switch result {
        case .nothing: return .end
        case .whole: return .endWithMessage
        case .last, .fragment: return .endWithFragment
        case .tooLarge: return .end
        case .fault(let fault): return .fault(fault)
        }
    }
}
