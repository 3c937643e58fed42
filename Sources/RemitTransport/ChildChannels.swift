import NIOCore
import Synchronization

/// The connections of a listener, and who waits for the last of them.
final class ChildChannels: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let countMax: Int
    private let changed: @Sendable (Int) -> Void

    /// `changed` is called, on any thread, with how many have come, or, negative, gone.
    init(countMax: Int, changed: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.countMax = countMax
        self.changed = changed
    }

    var count: Int { state.withLock { $0.channels.count } }

    /// Keeps a channel until it closes; false if there are too many.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isKept = state.withLock { state in
            guard state.channels.count < countMax else { return false }
            state.channels[key] = channel
            return true
        }
        guard isKept else { return false }
        changed(1)
        channel.closeFuture.whenComplete { _ in self.remove(key) }
        return true
    }

    func forEach(_ body: (any Channel) -> Void) {
        for channel in state.withLock({ Array($0.channels.values) }) { body(channel) }
    }

    func allClosed() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.channels.isEmpty { state.waiters.append(continuation) }
                return state.channels.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }

    private func remove(_ key: ObjectIdentifier) {
        let waiters = state.withLock { state in
            state.channels[key] = nil
            guard state.channels.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        changed(-1)
        for waiter in waiters { waiter.resume() }
    }
}
