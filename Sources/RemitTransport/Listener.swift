package import Logging
import NIOCore
package import NIOPosix
package import NIOSSL
package import RemitRPC
import Synchronization

/// A server's port: TLS with ALPN in front of the native door.
package final class Listener: Sendable {
    /// The native protocol's name in ALPN.
    package static let applicationProtocol = "remit/1"

    /// The port that is listened on.
    package let port: Int

    private let channel: any Channel
    private let children: ChildChannels

    private init(channel: any Channel, children: ChildChannels) {
        self.channel = channel
        self.children = children
        port = channel.localAddress?.port ?? 0
    }

    /// Binds `host` and `port` (0: any) and serves `router` on every connection.
    ///
    /// `tls` names certificate and key, and the trust roots where client certificates are asked for; version and ALPN
    /// are set here. `connectionsChanged` is told, on any thread, how many connections have come, or, negative, gone.
    package static func start(
        group: MultiThreadedEventLoopGroup, host: String, port: Int, tls: TLSConfiguration, router: Router,
        limits: TransportLimits = TransportLimits(), logger: Logger,
        connectionsChanged: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> Listener {
        var tls = tls
        tls.minimumTLSVersion = .tlsv13
        tls.applicationProtocols = [applicationProtocol]
        let sslContext = try NIOSSLContext(configuration: tls)
        var shares: [ObjectIdentifier: (timer: LoopTimer, spareWriter: SpareWriter, identities: IdentityOrigins)] = [:]
        for loop in group.makeIterator() {
            shares[ObjectIdentifier(loop)] = (LoopTimer(eventLoop: loop), SpareWriter(), IdentityOrigins())
        }
        let loopShares = shares
        let budget = ReassemblyBudget(sizeMax: limits.reassemblySizeMax)
        let children = ChildChannels(countMax: limits.connectionsMax, changed: connectionsChanged)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A second read would mostly find nothing: what comes meanwhile wakes the loop again.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: limits.outboundSizeMax / 4, high: limits.outboundSizeMax)
            )
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    guard let share = loopShares[ObjectIdentifier(child.eventLoop)], children.add(child) else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    let pipeline = child.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: sslContext))
                    try pipeline.addHandler(
                        DoorSelector(
                            router: router, limits: limits, timer: share.timer, spareWriter: share.spareWriter,
                            identities: share.identities, budget: budget, logger: logger))
                }
            }
            .bind(host: host, port: port).get()
        return Listener(channel: channel, children: children)
    }

    /// How many connections are open.
    package var connectionCount: Int { children.count }

    /// Stops listening, lets running calls end within the limit's time, and returns when every connection is closed.
    package func drain() async {
        try? await channel.close()
        children.forEach { $0.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        await children.allClosed()
    }

    /// Stops listening and closes every connection at once.
    package func close() async {
        try? await channel.close()
        children.forEach { $0.close(promise: nil) }
        await children.allClosed()
    }
}
