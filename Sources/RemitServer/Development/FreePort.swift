import NIOCore
import NIOPosix

/// Ports that nobody listens on.
package enum FreePort {
    /// A port of the loopback that was free just now.
    ///
    /// For what must be told its port before it listens; another process may take it in between.
    package static func find() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
