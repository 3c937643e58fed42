import DequeModule
import Synchronization

/// What waits for a tenant: filled from any thread, emptied in turns.
final class Mailbox<Entry: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var entries = Deque<Entry>()
        /// A turn is queued or running; who finds it false queues one.
        var isScheduled = false
        /// A turn was asked for without an entry, and none has begun since.
        var isTurnWanted = false
        /// Entries stay in, and want no turn.
        var isPaused = false

        /// Entries were added.
        mutating func wantTurn() -> Bool {
            guard !isScheduled, !isPaused else { return false }
            isScheduled = true
            return true
        }
    }

    /// Puts an entry in.
    ///
    /// True: nobody has queued a turn yet, so the caller must.
    func append(_ entry: Entry) -> Bool {
        state.withLock { state in
            state.entries.append(entry)
            return state.wantTurn()
        }
    }

    /// Puts entries in, in order.
    ///
    /// True: nobody has queued a turn yet, so the caller must.
    func append(contentsOf entries: [Entry]) -> Bool {
        state.withLock { state in
            state.entries.append(contentsOf: entries)
            return state.wantTurn()
        }
    }

    /// Notes that a turn is wanted without an entry (a timer, a wish); one that runs already may have looked too early,
    /// so another follows it.
    ///
    /// True: the caller must queue it.
    func schedule() -> Bool {
        state.withLock { state in
            state.isTurnWanted = true
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
    }

    /// Begins a turn: takes out entries, oldest first, until they weigh `limit` or more.
    ///
    /// Look at whatever ``schedule()`` is called for after this.
    func take(_ limit: Int, weight: (Entry) -> Int = { _ in 1 }) -> [Entry] {
        state.withLock { state in
            var taken: [Entry] = []
            var sum = 0
            state.isTurnWanted = false
            while !state.isPaused, sum < limit, let entry = state.entries.popFirst() {
                sum += weight(entry)
                taken.append(entry)
            }
            return taken
        }
    }

    /// Ends a turn.
    ///
    /// True: more has come or been asked for, or `wantsMore`, and the caller must queue the next turn.
    func endTurn(wantsMore: Bool) -> Bool {
        state.withLock { state in
            let hasEntries = !state.isPaused && !state.entries.isEmpty
            state.isScheduled = wantsMore || state.isTurnWanted || hasEntries
            return state.isScheduled
        }
    }

    /// From the next ``take(_:weight:)`` on, entries stay in until ``resume()``; only ``schedule()`` wants turns.
    ///
    /// Within a turn, as ``resume()``.
    func pause() { state.withLock { $0.isPaused = true } }

    func resume() { state.withLock { $0.isPaused = false } }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }
}
