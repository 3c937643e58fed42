import Glibc
import NIOCore
package import NIOPosix

/// Puts event loops behind storage threads where both want a core.
///
/// Else the two would share it by halves, and reading and refusing calls that the server has no room for would take the
/// time that those it has let in need: at three times the load that it bears it would answer two thirds.
package enum EventLoopPriority {
    /// How much nicer an event loop is than the process.
    ///
    /// Five steps give a storage thread three quarters of a core that both want; where there is room for both, nothing.
    package static let steps: Int32 = 5

    private static var process: Int32 { Int32(PRIO_PROCESS.rawValue) }

    /// Makes the loops nicer; refusals of the system are left alone, since everything works without.
    package static func lower(_ group: MultiThreadedEventLoopGroup) {
        for loop in group.makeIterator() {
            // 0 is the calling thread: on Linux each has a priority of its own.
            loop.execute { _ = setpriority(process, 0, min(19, getpriority(process, 0) + steps)) }
        }
    }
}
