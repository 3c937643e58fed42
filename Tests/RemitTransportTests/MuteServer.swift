import NIOCore
import NIOPosix
import NIOSSL
import RemitFrame
import RemitTransport
import RemitWire

/// A server that says Hello and then nothing more, whatever it is asked.
final class MuteServer: Sendable {
    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            var hello = Hello()
            hello.slotsMax = 8
            hello.messageSizeMax = 1 << 20
            hello.frameBodySizeMax = 1 << 14
            hello.windowBytes = 1 << 16
            hello.keepaliveMs = 60_000
            let bytes = RawClient.frame(.hello, meta: hello.encoded())
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let authority: TestAuthority
    private let channel: any Channel

    init() async throws {
        let authority = try TestAuthority()
        var tls = try authority.serverTLS
        tls.applicationProtocols = [Listener.applicationProtocol]
        let context = try NIOSSLContext(configuration: tls)
        self.authority = authority
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try child.pipeline.syncOperations.addHandler(Greeter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// A connection that waits for the server's word as long as `answerGrace` says.
    func connect(answerGrace: TimeAmount) async throws -> ClientConnection {
        var configuration = ClientConnection.Configuration(
            host: "127.0.0.1", port: channel.localAddress?.port ?? 0, authority: "localhost",
            tls: try authority.clientTLS, apiKey: OneKey.key)
        configuration.limits = TestServer.patience
        configuration.limits.answerGrace = answerGrace
        return try await ClientConnection.connect(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    func close() async throws { try await channel.close() }
}
