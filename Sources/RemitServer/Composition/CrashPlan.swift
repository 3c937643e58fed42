import Glibc
package import RemitTenant
import Synchronization

/// Ends the process, as by SIGKILL, when it reaches a named point for the nth time.
///
/// For tests of recovery; reachable in development only.
package final class CrashPlan: Sendable {
    /// The points' names, in the order in which an operation reaches them.
    package static let pointNames = CrashPoint.allCases.map(\.rawValue)

    private let point: CrashPoint
    private let left: Atomic<Int>

    /// Reads `name[:nth]`, such as `after-processor-effect:3`.
    package init(_ text: String) throws(StartupError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let count = parts.count == 2 ? Int(parts[1]) : 1
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: $0) }), let count, count > 0 else {
            let names = Self.pointNames.joined(separator: ", ")
            throw StartupError("REMIT_CRASH_AT is “\(text)”; it must be name[:nth], with a name of: \(names).")
        }
        self.point = point
        left = Atomic(count)
    }

    /// Doesn't return when it is time.
    package func reached(_ point: CrashPoint) {
        guard point == self.point, left.wrappingSubtract(1, ordering: .relaxed).newValue == 0 else { return }
        kill(getpid(), SIGKILL)
        // The signal is delivered before this returns to user code; if it isn't yet, go no further.
        while true { pause() }
    }
}
