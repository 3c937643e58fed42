import NIOCore
import NIOPosix
import NIOSSL
import RemitFrame
import RemitTesting
import RemitWire
@testable import RemitTransport

/// A client that sends what it likes and shows what comes back.
final class RawClient: Sendable {
    enum Event: Sendable {
        case bytes([UInt8])
        case closed
    }

    struct Frame: Sendable {
        var header: FrameHeader
        var meta: [UInt8]
        var body: [UInt8]
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let events: TestSignal<Event>

        init(_ events: TestSignal<Event>) { self.events = events }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            events.send(.bytes(Array(unwrapInboundIn(data).readableBytesView)))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) { events.send(.closed) }
    }

    let channel: any Channel
    private let events: TestSignal<Event>

    /// Connects with this application protocol; nil: plain TCP, no TLS.
    init(_ server: TestServer, application: String? = "remit/1") async throws {
        let events = TestSignal<Event>()
        self.events = events
        var tls = try server.authority.clientTLS
        tls.applicationProtocols = application.map { [$0] } ?? []
        let context = application == nil ? nil : try NIOSSLContext(configuration: tls)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(events))
                }
            }
            .connect(host: "127.0.0.1", port: server.listener.port).get()
    }

    /// Sends bytes; where the server has closed already, what came back says why.
    func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
        } catch ChannelError.ioOnClosedChannel {
            return
        }
    }

    /// Sends magic and a good Hello, and then `frames`.
    func open(_ frames: [UInt8] = []) async throws {
        try await send(FrameDecoder.magic + Self.hello() + frames)
    }

    /// All frames until the server closes.
    func framesUntilClosed() async throws -> [Frame] {
        var bytes: [UInt8] = []
        reading: while true {
            switch await events.next() {
            case .bytes(let more): bytes += more
            case .closed: break reading
            }
        }
        return Self.frames(in: bytes)
    }

    /// Frames until one of `type` has come; the server stays connected.
    func frames(until type: FrameType) async throws -> [Frame] {
        var bytes: [UInt8] = []
        while case .bytes(let more) = await events.next() {
            bytes += more
            let frames = Self.frames(in: bytes)
            if frames.contains(where: { $0.header.type == type }) { return frames }
        }
        return Self.frames(in: bytes)
    }

    /// The fault that the server names before it closes.
    func fault() async throws -> ConnectionFault? {
        guard let last = try await framesUntilClosed().last, last.header.type == .goAway else { return nil }
        return ConnectionFault(rawValue: try GoAway(decoding: last.meta).code)
    }

    static func hello(_ credential: String = OneKey.key) -> [UInt8] {
        frame(.hello, meta: Hello.with { $0.credential = credential }.encoded())
    }

    static func request(_ method: String, slot: UInt32 = 0, body: [UInt8] = []) -> [UInt8] {
        frame(
            .request, [.message, .endOfStream], meta: RequestMeta.with { $0.method = method }.encoded(), body: body,
            slot: slot)
    }

    static func frame(
        _ type: FrameType, _ flags: FrameFlags = [], meta: [UInt8] = [], body: [UInt8] = [], slot: UInt32 = 0
    ) -> [UInt8] {
        FrameHeader(type, flags, metaLength: meta.count, bodyLength: body.count, slot: slot).bytes + meta + body
    }

    private static func frames(in bytes: [UInt8]) -> [Frame] {
        var decoder = FrameDecoder(limits: ConnectionLimits(), expectsMagic: false)
        var frames: [Frame] = []
        var offset = 0
        while case .frame(let frame) = decoder.next(bytes.span, from: offset) {
            frames.append(Frame(header: frame.header, meta: Array(bytes[frame.meta]), body: Array(bytes[frame.body])))
            offset = frame.end
        }
        return frames
    }
}
