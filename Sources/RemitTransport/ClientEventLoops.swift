import Foundation
import NIOCore
import NIOPosix

/// The event loops of this process's client connections.
package enum ClientEventLoops {
    /// As many as the cores that the process may run on; they live as long as it.
    ///
    /// Those that there are would be too many for a process that is kept on a few of them (`taskset`, a cpuset): loops
    /// that share a core take turns of some milliseconds, for which the calls of one wait for the other.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, coresAllowed))

    private static var coresAllowed: Int {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        return status.flatMap { coresAllowed(in: $0) } ?? System.coreCount
    }

    /// The cores that a process's status allows it (proc_pid_status(5)); nil where it doesn't say.
    package static func coresAllowed(in status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else {
            return nil
        }
        // Words of hexadecimal digits with commas between them.
        let digits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
}
