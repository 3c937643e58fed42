internal import CSQLite
internal import Glibc

/// Ends a connection's statements when their time is over; between two steps nothing is watched.
///
/// SQLite asks after every so many of its steps, on the thread that runs them.
final class TimeLimit {
    /// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
    private static let stepsPerLook: Int32 = 1_000

    /// By the monotonic clock; nil: there is no limit now.
    private var end: Int64?
    private(set) var isOver = false

    /// Watches a connection, which keeps it.
    init(of connection: OpaquePointer) {
        sqlite3_progress_handler(
            connection, Self.stepsPerLook,
            { context in
                guard let context else { return 0 }
                return Unmanaged<TimeLimit>.fromOpaque(context).takeUnretainedValue().look() ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// From now on statements may run for so long, all together.
    func begin(milliseconds: Int64) {
        isOver = false
        end = Self.now() + milliseconds * 1_000_000
    }

    /// What runs from now on may take as long as it takes.
    func stop() { end = nil }

    private func look() -> Bool {
        guard let end, Self.now() >= end else { return false }
        isOver = true
        return true
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
