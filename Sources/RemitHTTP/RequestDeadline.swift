import NIOCore

/// Closes a connection whose request isn't whole and answered in time, so that nobody holds one byte by byte.
///
/// It looks at no part of a request: the first part starts the time, an answer gives the next request its own.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private let limit: TimeAmount
    /// How long a connection may wait for its next request's head.
    private let idle: TimeAmount
    private var isReading = false
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount, idle: TimeAmount) {
        self.limit = limit
        self.idle = idle
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // The handshake and the first request's head count too.
        start(limit, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isReading {
            isReading = true
            start(limit, context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isReading = false
        start(limit + idle, context)
        context.write(data, promise: promise)
    }

    private func start(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
