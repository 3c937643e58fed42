import NIOCore
import NIOPosix
import RemitTesting

/// A Stripe that takes requests and never answers.
final class SilentStripe: Sendable {
    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let asked: TestSignal<String>

        init(_ asked: TestSignal<String>) { self.asked = asked }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            asked.send(String(buffer: unwrapInboundIn(data)))
        }
    }

    /// What has come.
    let asked = TestSignal<String>()
    private let channel: any Channel

    init() async throws {
        let asked = asked
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Ear(asked)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    func close() async throws { try await channel.close() }
}
