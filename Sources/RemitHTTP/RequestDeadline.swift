import NIOCore
import NIOSSL

/// Closes a connection whose request isn't whole and answered in time, so that nobody holds one byte by byte; and cuts
/// one whose peer doesn't answer TLS's farewell, so that a drain needn't wait for who isn't there.
///
/// It looks at no part of a request: the first part starts the time, an answer gives the next request its own.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private let limits: HTTPLimits
    private var isReading = false
    private var timer: Scheduled<Void>?
    private var cut: Scheduled<Void>?

    init(_ limits: HTTPLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        // The handshake and the first request's head count too.
        start(limits.request, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        cut?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        cut?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isReading {
            isReading = true
            start(limits.request, context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isReading = false
        // The next request's head may be as late as an idle connection lives.
        start(limits.request + limits.idle, context)
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        context.close(mode: mode, promise: promise)
        guard mode == .all, cut == nil, context.channel.isActive else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        cut = context.eventLoop.scheduleTask(in: limits.farewell) {
            // Past TLS, which would wait for its peer several times as long.
            let tls = try? bound.value.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            (tls ?? bound.value).close(promise: nil)
        }
    }

    private func start(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
