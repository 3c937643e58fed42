import Synchronization

/// Calls that were sent and aren't over.
final class InFlight: Sendable {
    private struct State {
        var count = 0
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// One more, unless `max` are in flight already.
    func begin(max: Int) -> Bool {
        state.withLock { state in
            guard state.count < max else { return false }
            state.count += 1
            return true
        }
    }

    func end() {
        finish { $0.count -= 1 }
    }

    /// No call follows.
    func close() {
        finish { $0.isOver = true }
    }

    /// Returns when it is closed and the last call is over.
    func drained() async {
        await withCheckedContinuation { continuation in
            finish { $0.waiter = continuation }
        }
    }

    private func finish(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            return state.isOver && state.count == 0 ? state.waiter.take() : nil
        }
        waiter?.resume()
    }
}
