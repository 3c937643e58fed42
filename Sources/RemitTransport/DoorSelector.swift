import Logging
import NIOCore
import NIOTLS
import RemitRPC

/// Waits for TLS and opens the door that ALPN names; a client that names none is closed.
final class DoorSelector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let router: Router
    private let limits: TransportLimits
    private let timer: LoopTimer
    private let spareWriter: SpareWriter
    private let identities: IdentityOrigins
    private let budget: ReassemblyBudget
    private let logger: Logger
    private var opening: Scheduled<Void>?

    init(
        router: Router, limits: TransportLimits, timer: LoopTimer, spareWriter: SpareWriter,
        identities: IdentityOrigins, budget: ReassemblyBudget, logger: Logger
    ) {
        self.router = router
        self.limits = limits
        self.timer = timer
        self.spareWriter = spareWriter
        self.identities = identities
        self.budget = budget
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        opening = context.eventLoop.scheduleTask(in: limits.opening) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name) = event as? TLSUserEvent {
            guard name == Listener.applicationProtocol else {
                logger.info("no common application protocol")
                context.close(promise: nil)
                return
            }
            open(context)
        } else if event is DrainEvent {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // TLS failed: there is nobody to tell.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        opening?.cancel()
        context.fireChannelInactive()
    }

    private func open(_ context: ChannelHandlerContext) {
        let connection = ServerConnection(
            router: router, limits: limits, timer: timer, spareWriter: spareWriter, identities: identities,
            budget: budget, logger: logger, opening: opening)
        opening = nil
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(connection, position: .after(self))
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
