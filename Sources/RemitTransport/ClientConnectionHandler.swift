import NIOCore
import NIOTLS
import RemitFrame
import RemitRPC
import RemitWire

/// The client's end of a connection, on its event loop: calls in, frames out, and back.
final class ClientConnectionHandler: ChannelInboundHandler, Timed {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let configuration: ClientConnection.Configuration
    private let timer: LoopTimer
    private let ready: EventLoopPromise<Void>
    private let goingAway: GoingAway
    private var machine: ClientConnectionMachine
    private var decoder: FrameDecoder
    private var calls: [ClientCall?] = []
    private var waiting: [ClientCall] = []
    private var leftover: ByteBuffer?
    private var out: ByteBuffer
    private var writer = WireWriter()
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var isClosed = false
    private var now: UInt64
    private var lastRead: UInt64
    private var pinged: UInt64?
    private var goneBecause: RPCError?
    private var earliestDeadline = UInt64.max
    private(set) var nextCheck = UInt64.max

    /// What a call waits beyond its deadline for the server's own word, which knows whether it ran.
    private static let grace: UInt64 = 200_000_000

    init(
        configuration: ClientConnection.Configuration, timer: LoopTimer, ready: EventLoopPromise<Void>,
        goingAway: GoingAway
    ) {
        self.configuration = configuration
        self.timer = timer
        self.ready = ready
        self.goingAway = goingAway
        now = NIODeadline.now().uptimeNanoseconds
        lastRead = now
        machine = ClientConnectionMachine(limits: configuration.limits.connection, now: now)
        decoder = FrameDecoder(limits: configuration.limits.connection, expectsMagic: false)
        out = ByteBufferAllocator().buffer(capacity: 4_096)
    }

    // MARK: Calls

    func start(_ call: ClientCall) {
        if call.isCancelled { return call.fail(.cancelledBeforeStart) }
        if isClosed || !machine.acceptsCalls { return call.fail(refusal) }
        guard let slot = machine.open() else {
            guard waiting.count < configuration.waitingMax else {
                return call.fail(
                    RPCError(
                        .resourceExhausted, "Too many calls wait for this connection.", reason: "too_many_calls",
                        notProcessed: true))
            }
            waiting.append(call)
            plan(call.deadline)
            return
        }
        begin(call, on: slot)
    }

    func cancel(_ call: ClientCall) {
        guard !call.isCancelled else { return }
        call.isCancelled = true
        if let slot = call.slot {
            out.writeHeader(FrameHeader(.cancel, slot: slot))
        } else if let place = waiting.firstIndex(where: { $0 === call }) {
            waiting.remove(at: place)
            call.fail(.cancelledBeforeStart)
        }
    }

    func consumed(_ count: Int, by call: ClientCall) {
        guard let slot = call.slot else { return }
        let grant = machine.consumed(count, on: slot)
        if grant > 0 { out.writeWindow(grant, on: slot) }
    }

    /// Writes what has gathered; during a read, its end does that.
    func flush() {
        guard !isReading, let context, out.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out.clear()
    }

    private func begin(_ call: ClientCall, on slot: UInt32) {
        let moment = Deadline.now
        var meta = RequestMeta()
        meta.method = call.method.fullName
        meta.tenant = call.options.tenant ?? configuration.tenant
        meta.idempotencyKey = call.options.idempotencyKey ?? ""
        meta.traceparent = call.options.traceparent ?? ""
        meta.attempt = call.options.attempt
        for entry in call.options.metadata {
            var copy = RemitFrame.MetadataEntry()
            copy.key = entry.key
            copy.value = entry.value
            meta.metadata.append(copy)
        }
        if call.deadline != .never { meta.timeoutUs = max(1, call.deadline.nanoseconds(since: moment) / 1_000) }
        writer.reset()
        meta.encode(into: &writer)
        guard writer.count <= configuration.limits.connection.metaSizeMax,
            call.request.count <= machine.peer.messageSizeMax
        else { return refuseLarge(call, on: slot) }
        call.slot = slot
        while calls.count <= slot { calls.append(nil) }
        calls[Int(slot)] = call
        plan(call.deadline)
        let count = machine.take(call.request.count, on: slot)
        let isWhole = count == call.request.count
        let flags: FrameFlags = isWhole ? [.message, .endOfStream] : [.message, .more]
        out.writeHeader(FrameHeader(.request, flags, metaLength: writer.count, bodyLength: count, slot: slot))
        writer.withBytes { out.writeSpan($0) }
        out.writeBytes(call.request[0..<count])
        call.sent = count
        if !isWhole { pump(slot) }
    }

    /// The slot was opened and nothing was sent on it: an END of its own making frees it.
    private func refuseLarge(_ call: ClientCall, on slot: UInt32) {
        _ = machine.received(FrameHeader(.end, slot: slot), now: now)
        call.fail(
            RPCError(
                .invalidArgument, "The request or its metadata is larger than the server accepts.",
                reason: "message_too_large", notProcessed: true))
    }

    private func pump(_ slot: UInt32) {
        guard let call = calls[Int(slot)] else { return }
        while call.sent < call.request.count {
            let count = machine.take(call.request.count - call.sent, on: slot)
            guard count > 0 else { return }
            let range = call.sent..<call.sent + count
            call.sent += count
            let flags: FrameFlags = call.sent == call.request.count ? .endOfStream : .more
            out.writeHeader(FrameHeader(.data, flags, bodyLength: count, slot: slot))
            out.writeBytes(call.request[range])
        }
    }

    private func end(_ slot: UInt32, _ answer: ClientCall.Answer) {
        guard let call = calls[Int(slot)] else { return }
        calls[Int(slot)] = nil
        call.slot = nil
        call.finish(answer)
        while !waiting.isEmpty, let freed = machine.open() { begin(waiting.removeFirst(), on: freed) }
    }

    private var refusal: RPCError {
        goneBecause
            ?? RPCError(.unavailable, "The connection is closed.", reason: "connection_closed", notProcessed: true)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer.add(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name) = event as? TLSUserEvent {
            guard name == Listener.applicationProtocol else { return lose(.noApplicationProtocol) }
            out.writeBytes(FrameDecoder.magic)
            var hello = Hello()
            hello.credential = configuration.apiKey
            hello.agent = "remit-swift"
            hello.messageSizeMax = UInt32(configuration.limits.connection.messageSizeMax)
            hello.windowBytes = UInt32(configuration.limits.connection.windowSize)
            out.writeFrame(.hello, meta: hello)
            flush()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        isReading = true
        now = NIODeadline.now().uptimeNanoseconds
        lastRead = now
        pinged = nil
        var buffer = unwrapInboundIn(data)
        if var earlier = leftover.take() {
            earlier.writeBuffer(&buffer)
            buffer = earlier
        }
        var offset = 0
        decoding: while !isClosed {
            switch decoder.next(buffer.readableBytesUInt8Span, from: offset) {
            case .needMore: break decoding
            case .fault(let fault): close(for: fault)
            case .frame(let frame):
                handle(frame, buffer.readableBytesUInt8Span)
                offset = frame.end
            }
        }
        guard !isClosed, offset < buffer.readableBytes else { return }
        buffer.moveReaderIndex(forwardBy: offset)
        leftover = offset == 0 ? buffer : ByteBuffer(buffer: buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ready.fail(error)
        lose(RPCError(.unavailable, "The connection failed.", context: ["cause": "\(error)"]))
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(RPCError(.unavailable, "The connection was lost."))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        lose(RPCError(.unavailable, "The connection was lost."))
        self.context = nil
    }

    // MARK: Frames

    private func handle(_ frame: FrameDecoder.Frame, _ bytes: Span<UInt8>) {
        let slot = frame.header.slot
        let action = machine.received(frame.header, grant: bytes.grant(in: frame), now: now)
        switch action {
        case .ignore, .pongReceived: break
        case .readHello: readHello(bytes.extracting(frame.meta))
        case .message, .append, .appendToMessage, .tooLarge: data(action, slot, bytes, frame.body)
        case .endWithMessage, .endWithFragment, .end: ended(action, slot, bytes, frame)
        case .resume: pump(slot)
        case .pong:
            out.writeHeader(FrameHeader(.pong, bodyLength: 8))
            out.writeSpan(bytes.extracting(frame.body))
        case .drain: goAway(bytes.extracting(frame.meta))
        case .fault(let fault): close(for: fault)
        }
    }

    private func readHello(_ meta: Span<UInt8>) {
        guard let hello = try? Hello(decoding: meta),
            let peer = PeerLimits(
                frameBodySizeMax: hello.frameBodySizeMax, messageSizeMax: hello.messageSizeMax,
                slotsMax: hello.slotsMax, windowBytes: hello.windowBytes, keepalive: hello.keepaliveMs)
        else { return close(for: .protocolViolation) }
        machine.accept(peer)
        ready.succeed(())
        plan(.never)
    }

    private func data(
        _ action: ClientConnectionMachine.OnFrame, _ slot: UInt32, _ bytes: Span<UInt8>, _ body: Range<Int>
    ) {
        guard let call = calls[Int(slot)] else { return }
        if case .tooLarge = action, !call.isDropping {
            call.isDropping = true
            call.partial = []
            if !call.isCancelled {
                call.isCancelled = true
                out.writeHeader(FrameHeader(.cancel, slot: slot))
            }
        }
        guard !call.isDropping else { return }
        if case .message = action {
            call.partial = []
        }
        bytes.extracting(body).withUnsafeBufferPointer { call.partial.append(contentsOf: $0) }
        if case .append(let grant) = action {
            if grant > 0 { out.writeWindow(grant, on: slot) }
            return
        }
        // Whole: a stream's reader gets it; a unary call keeps it for its END.
        guard case .stream(let stream) = call.receiver else {
            call.hasWhole = true
            return
        }
        stream.receive(call.partial)
        call.partial = []
    }

    private func ended(
        _ action: ClientConnectionMachine.OnFrame, _ slot: UInt32, _ bytes: Span<UInt8>, _ frame: FrameDecoder.Frame
    ) {
        guard let call = calls[Int(slot)] else { return }
        var status = StatusMeta()
        if !frame.meta.isEmpty {
            do {
                status = try StatusMeta(decoding: bytes.extracting(frame.meta))
            } catch {
                end(slot, .failure(malformed(call)))
                return close(for: .protocolViolation)
            }
        }
        if let error = status.error { return end(slot, .failure(error)) }
        if call.isDropping { return end(slot, .failure(tooLarge(call))) }
        let info = ResponseInfo(
            replayed: status.replayed, serverMicroseconds: status.serverUs,
            trailers: status.trailers.map { RemitRPC.MetadataEntry($0.key, $0.value) })
        var message = call.partial
        call.partial = []
        var hasMessage = call.hasWhole
        switch action {
        case .endWithMessage:
            message = bytes.array(frame.body)
            hasMessage = true
        case .endWithFragment:
            bytes.extracting(frame.body).withUnsafeBufferPointer { message.append(contentsOf: $0) }
            hasMessage = true
        default: break
        }
        if case .stream(let stream) = call.receiver {
            if hasMessage { stream.receive(message) }
            end(slot, .success((message: [], info: info)))
        } else {
            end(slot, hasMessage ? .success((message: message, info: info)) : .failure(malformed(call)))
        }
    }

    private func malformed(_ call: ClientCall) -> RPCError {
        RPCError(
            .dataLoss, "The server's answer can't be read.", reason: "malformed_answer", outcome: call.outcomeWhenLost)
    }

    private func tooLarge(_ call: ClientCall) -> RPCError {
        RPCError(
            .resourceExhausted, "The answer is larger than this client accepts.", reason: "message_too_large",
            outcome: call.outcomeWhenLost)
    }

    private func goAway(_ meta: Span<UInt8>) {
        goingAway.set()
        let message = (try? GoAway(decoding: meta)) ?? GoAway()
        // A credential that was never accepted: nothing ran here, not even what crossed with this frame. One that was
        // revoked later drains the connection; the next one judges it anew.
        let isRefused = message.code == ConnectionFault.unauthenticated.rawValue && message.drainMs == 0
        goneBecause = RPCError(
            isRefused ? .unauthenticated : .unavailable,
            isRefused ? ConnectionFault.unauthenticated.text : "The server is going away.",
            reason: isRefused ? "bad_credential" : "draining", notProcessed: true)
        for call in waiting { call.fail(refusal) }
        waiting = []
        ready.fail(refusal)
        if isRefused { lose(refusal) }
    }

    private func close(for fault: ConnectionFault) {
        guard !isClosed, let context else { return }
        out.writeGoAway(fault)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(out)).whenComplete { _ in channel.close(promise: nil) }
        out.clear()
        lose(RPCError(.unavailable, "The server broke the protocol.", context: ["fault": "\(fault)"]))
    }

    /// The connection is gone: what was sent may have run, what wasn't surely didn't.
    private func lose(_ error: RPCError) {
        guard !isClosed else { return }
        isClosed = true
        goingAway.set()
        timer.remove(self)
        ready.fail(error)
        if goneBecause == nil {
            var refusal = error
            refusal.notProcessed = true
            goneBecause = refusal
        }
        for call in waiting { call.fail(refusal) }
        waiting = []
        for call in calls {
            guard let call else { continue }
            call.slot = nil
            var lost = error
            if !lost.notProcessed { lost.outcome = call.outcomeWhenLost }
            call.fail(lost)
        }
        calls = []
        context?.channel.close(promise: nil)
    }

    // MARK: Time

    private func plan(_ deadline: Deadline) {
        if deadline != .never { earliestDeadline = min(earliestDeadline, deadline.nanoseconds + Self.grace) }
        let silence =
            pinged == nil ? configuration.limits.keepalive : configuration.limits.keepalive + configuration.limits.pong
        nextCheck = min(earliestDeadline, lastRead + UInt64(silence.nanoseconds))
        timer.need(nextCheck)
    }

    func check(_ now: UInt64) {
        guard !isClosed else {
            nextCheck = .max
            return
        }
        let limits = configuration.limits
        let silence = now - min(now, lastRead)
        if pinged != nil, silence >= UInt64((limits.keepalive + limits.pong).nanoseconds) {
            return close(for: .tooSlow)
        }
        if pinged == nil, silence >= UInt64(limits.keepalive.nanoseconds) {
            pinged = now
            out.writePing(now)
        }
        if earliestDeadline <= now { expireCalls(now) }
        flush()
        plan(.never)
    }

    private func expireCalls(_ now: UInt64) {
        earliestDeadline = .max
        func isDue(_ call: ClientCall) -> Bool {
            guard call.deadline != .never else { return false }
            let moment = call.deadline.nanoseconds + Self.grace
            if moment > now { earliestDeadline = min(earliestDeadline, moment) }
            return moment <= now
        }
        waiting.removeAll { call in
            guard isDue(call) else { return false }
            call.fail(.expiredBeforeStart)
            return true
        }
        for call in calls {
            guard let call, isDue(call) else { continue }
            // Its slot stays in use until the END comes.
            cancel(call)
            call.fail(.expiredWhileRunning(outcome: call.outcomeWhenLost))
        }
    }
}

extension RPCError {
    static var noApplicationProtocol: RPCError {
        RPCError(.unavailable, "The server doesn't speak this protocol.", reason: "no_application_protocol")
    }
}
