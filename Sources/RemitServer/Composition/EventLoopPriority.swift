import Glibc
import NIOCore
package import NIOPosix

/// Puts event loops behind storage threads where both want a core.
///
/// Else the two would share it by halves, and reading and refusing calls that the server has no room for would take the
/// time that those it has let in need: at three times the load that it bears it would answer two thirds.
///
/// Beyond what the server bears, a loop that wants its core takes all of its share, however little there is to do: with
/// more time it reads the same calls in smaller pieces, and each piece costs as much as several refusals.
package enum EventLoopPriority {
    /// How much nicer an event loop is than the process.
    ///
    /// Seven steps give a storage thread five sixths of a core that both want; where there is room for both, nothing.
    /// With five it was three quarters, and from 1.25 times the load on an event loop took a third of the core, with
    /// seven a quarter to 30 %. With ten and more answers wait for the loop, and p99 grows by half.
    package static let steps: Int32 = 7

    private static var process: Int32 { Int32(PRIO_PROCESS.rawValue) }

    /// Makes the loops nicer; refusals of the system are left alone, since everything works without.
    package static func lower(_ group: MultiThreadedEventLoopGroup) {
        for loop in group.makeIterator() {
            // 0 is the calling thread: on Linux each has a priority of its own.
            loop.execute { _ = setpriority(process, 0, min(19, getpriority(process, 0) + steps)) }
        }
    }
}
