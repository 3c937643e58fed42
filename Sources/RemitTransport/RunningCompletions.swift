import NIOPosix

/// Which connection's completions run on a thread at this moment.
// @unchecked: each thread has its own, and touches no other's.
final class RunningCompletions: @unchecked Sendable {
    private static let threads = ThreadSpecificVariable<RunningCompletions>()

    var handler: ClientConnectionHandler?

    private init() {}

    /// This thread's, if it has ever had connections.
    static var here: RunningCompletions? { threads.currentValue }

    /// This thread's.
    static func make() -> RunningCompletions {
        if let here { return here }
        let made = RunningCompletions()
        threads.currentValue = made
        return made
    }
}
