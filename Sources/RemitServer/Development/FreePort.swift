import NIOCore
import NIOPosix

/// Ports that nobody listens on.
package enum FreePort {
    /// Below the ports that systems give to connections and to listeners without a wish (32,768 on Linux): so only
    /// another search like this one can take what was found.
    private static let range = 20_000..<32_000
    private static let triesMax = 100

    /// A port of the loopback that was free just now, for what must be told its port before it listens.
    package static func find() async throws(StartupError) -> Int {
        for _ in 0..<triesMax {
            let port = Int.random(in: range)
            if await isFree(port) { return port }
        }
        throw StartupError("No port from \(range.lowerBound) on is free on 127.0.0.1; name one with --ingress.")
    }

    private static func isFree(_ port: Int) async -> Bool {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            try await channel.close()
            return true
        } catch {
            return false
        }
    }
}
