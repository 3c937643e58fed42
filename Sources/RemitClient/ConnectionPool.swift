import RemitRPC
import RemitTransport
import Synchronization

/// A fixed number of places for connections, used in turn; a place whose connection is gone gets a new one when it is
/// next needed, and all who wait for it share the attempt.
final class ConnectionPool: Sendable {
    typealias Attempt = Result<ClientConnection, RPCError>

    private enum Place {
        case empty
        case connecting([CheckedContinuation<Attempt, Never>])
        case open(ClientConnection)
    }

    private struct State {
        var places: [Place]
        var next = 0
        var isClosed = false
    }

    private enum OnPick {
        case use(ClientConnection)
        case connect(Int)
        case wait(Int)
        case closed
    }

    private let configuration: ClientConnection.Configuration
    private let state: Mutex<State>

    init(_ configuration: ClientConnection.Configuration, size: Int) {
        self.configuration = configuration
        state = Mutex(State(places: Array(repeating: .empty, count: size)))
    }

    /// The connection whose turn it is, if it accepts calls.
    func openConnection() -> ClientConnection? {
        state.withLock { state in
            guard case .open(let connection) = state.places[state.next], connection.acceptsCalls else { return nil }
            state.next = state.next + 1 == state.places.count ? 0 : state.next + 1
            return connection
        }
    }

    /// A connection that accepts calls.
    func connection() async throws(RPCError) -> ClientConnection {
        if let connection = openConnection() { return connection }
        switch pick() {
        case .use(let connection): return connection
        case .connect(let place): return try await connect(place)
        case .wait(let place):
            let attempt = await withCheckedContinuation { continuation in wait(continuation, for: place) }
            return try attempt.get()
        case .closed: throw Self.closed
        }
    }

    func close() async {
        let connections = state.withLock { state -> [ClientConnection] in
            state.isClosed = true
            var connections: [ClientConnection] = []
            for place in state.places.indices {
                if case .open(let connection) = state.places[place] {
                    connections.append(connection)
                    state.places[place] = .empty
                }
            }
            return connections
        }
        for connection in connections { await connection.close() }
    }

    private static let closed = RPCError(
        .unavailable, "The client is closed.", reason: "client_closed", notProcessed: true)

    private func pick() -> OnPick {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            let place = state.next
            state.next = (place + 1) % state.places.count
            switch state.places[place] {
            case .open(let connection) where connection.acceptsCalls: return .use(connection)
            case .connecting: return .wait(place)
            case .empty, .open:
                state.places[place] = .connecting([])
                return .connect(place)
            }
        }
    }

    private func wait(_ continuation: CheckedContinuation<Attempt, Never>, for place: Int) {
        let ready = state.withLock { state -> Attempt? in
            switch state.places[place] {
            case .connecting(var waiters):
                waiters.append(continuation)
                state.places[place] = .connecting(waiters)
                return nil
            case .open(let connection): return .success(connection)
            case .empty:
                return .failure(
                    RPCError(
                        .unavailable, "The server can't be reached.", reason: "cannot_connect", notProcessed: true))
            }
        }
        if let ready { continuation.resume(returning: ready) }
    }

    private func connect(_ place: Int) async throws(RPCError) -> ClientConnection {
        let attempt: Attempt
        do throws(RPCError) {
            attempt = .success(
                try await .connect(
                    configuration, owner: ObjectIdentifier(self), on: ClientConnection.anyEventLoop()))
        } catch {
            attempt = .failure(error)
        }
        let (waiters, isClosed) = state.withLock { state in
            var waiters: [CheckedContinuation<Attempt, Never>] = []
            if case .connecting(let those) = state.places[place] { waiters = those }
            if case .success(let connection) = attempt, !state.isClosed {
                state.places[place] = .open(connection)
            } else {
                state.places[place] = .empty
            }
            return (waiters, state.isClosed)
        }
        for waiter in waiters { waiter.resume(returning: isClosed ? .failure(Self.closed) : attempt) }
        let connection = try attempt.get()
        guard isClosed else { return connection }
        await connection.close()
        throw Self.closed
    }
}
