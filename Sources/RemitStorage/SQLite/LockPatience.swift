internal import CSQLite
internal import Glibc

/// How one connection waits for locks of others: not for ever, and not in silence.
///
/// Other processes hold a lock while they write, copy the WAL back or build the wal-index, for milliseconds.
final class LockPatience {
    /// How long a lock is waited for.
    static let milliseconds = 2_000
    /// Milliseconds from one try to the next; the last one goes on.
    private static let steps = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

    /// Called before each pause, on the thread that waits.
    var begins: () -> Void = {}
    /// Called after each pause.
    var ends: () -> Void = {}

    /// Has SQLite wait in this way, as long as the connection is open; it must outlive that.
    func install(on connection: OpaquePointer) {
        sqlite3_busy_handler(
            connection,
            { context, tries in
                guard let context else { return 0 }
                let patience = Unmanaged<LockPatience>.fromOpaque(context).takeUnretainedValue()
                return patience.pause(after: Int(tries)) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Asks until it isn't refused.
    ///
    /// The last refusal when the time is over.
    func take(_ body: () -> FileLock.Outcome) -> FileLock.Outcome {
        var tries = 0
        while true {
            let outcome = body()
            guard case .refused = outcome, pause(after: tries) else { return outcome }
            tries += 1
        }
    }

    /// Pauses after so many tries before the last one; false: the time is over.
    private func pause(after tries: Int) -> Bool {
        let past = Self.pausedMilliseconds(tries)
        guard past < Self.milliseconds else { return false }
        begins()
        usleep(useconds_t(min(Self.pausedMilliseconds(tries + 1), Self.milliseconds) - past) * 1_000)
        ends()
        return true
    }

    /// What so many pauses take together.
    private static func pausedMilliseconds(_ count: Int) -> Int {
        let last = steps[steps.count - 1]
        return steps.prefix(count).reduce(0, +) + max(0, count - steps.count) * last
    }
}
