package import RemitDomain
import Synchronization

/// A clock that stands until a test moves it; who sleeps on it wakes when it has been moved far enough.
package final class ManualClock: WallClock {
    private struct State {
        var now: Timestamp
        var nextID = 0
        var sleepers: [Int: (until: Timestamp, continuation: CheckedContinuation<Void, Never>)] = [:]
        var canceled: Set<Int> = []
    }

    private let state: Mutex<State>

    /// Starts at 2026-01-01T00:00:00Z, unless told otherwise.
    package init(_ start: Timestamp = Timestamp(seconds: 1_767_225_600)) {
        state = Mutex(State(now: start))
    }

    package func now() -> Timestamp { state.withLock { $0.now } }

    /// How many sleep on it.
    package var sleepersCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves it, forwards or back, and wakes those whose time has come.
    package func advance(milliseconds: Int64) { set(now() + milliseconds) }

    /// Puts it to a moment, and wakes those whose time has come.
    package func set(_ moment: Timestamp) {
        let due = state.withLock { state in
            state.now = moment
            let due = state.sleepers.filter { $0.value.until <= moment }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Returns when the clock has reached the moment, or at once when the task is canceled.
    package func sleep(until moment: Timestamp) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.canceled.remove(id) != nil || state.now >= moment { return true }
                    state.sleepers[id] = (moment, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.canceled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume()
        }
        state.withLock { _ = $0.canceled.remove(id) }
    }
}
