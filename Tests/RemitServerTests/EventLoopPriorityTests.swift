import Glibc
import NIOCore
import NIOPosix
import RemitServer
import Testing

struct EventLoopPriorityTests {
    @Test("every event loop is seven steps nicer than the thread that made it, at most 19")
    func lower() async throws {
        let process = Int32(PRIO_PROCESS.rawValue)
        // Threads begin with the priority of the one that makes them.
        let own = getpriority(process, 0)
        #expect(EventLoopPriority.steps == 7)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        EventLoopPriority.lower(group)
        for loop in group.makeIterator() {
            let nice = try await loop.submit { getpriority(process, 0) }.get()
            #expect(nice == min(19, own + EventLoopPriority.steps))
        }
        try await group.shutdownGracefully()
    }
}
