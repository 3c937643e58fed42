import Synchronization

/// Something that happens, and a test waits for: values sent in order, each received once.
package final class TestSignal<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiter: CheckedContinuation<Value, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// It happened.
    ///
    /// Never waits.
    package func send(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, Never>? in
            guard let waiter = state.waiter else {
                state.values.append(value)
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: value)
    }

    /// The next value, now or when it is sent.
    ///
    /// One waits at a time.
    package func next() async -> Value {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Value? in
                guard state.values.isEmpty else { return state.values.removeFirst() }
                precondition(state.waiter == nil, "Two wait for one signal; give each its own.")
                state.waiter = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// What was sent and not received yet.
    package var pending: [Value] { state.withLock { $0.values } }
}

extension TestSignal where Value == Void {
    /// It happened.
    package func send() { send(()) }
}
