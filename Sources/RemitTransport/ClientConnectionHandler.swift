import NIOCore
import NIOTLS
import RemitFrame
import RemitRPC
import RemitWire

/// The client's end of a connection, on its event loop: calls in, frames out, and back.
final class ClientConnectionHandler: ChannelInboundHandler, Timed {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Who spreads calls over this connection and others.
    let owner: ObjectIdentifier?
    private let configuration: ClientConnection.Configuration
    private let timer: LoopTimer
    private let ready: EventLoopPromise<Void>
    private let goingAway: GoingAway
    // Unchecked, as all that says so: every access ends before anything is called that could come back here, and the
    // checks at run time were a tenth of a call's cost.
    @exclusivity(unchecked) private var machine: ClientConnectionMachine
    @exclusivity(unchecked) private var decoder: FrameDecoder
    @exclusivity(unchecked) private var calls: [ClientCall?] = []
    @exclusivity(unchecked) private var waiting = CallQueue()
    /// Calls that have ended and may be used for others.
    @exclusivity(unchecked) private var spare: [ClientCall] = []
    private var running: RunningCompletions?
    private var willFlush = false
    private var leftover: ByteBuffer?
    @exclusivity(unchecked) private var out: ByteBuffer
    private let spareWriter = SpareWriter()
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var isClosed = false
    private var now: UInt64
    private var lastRead: UInt64
    private var pinged: UInt64?
    private var goneBecause: RPCError?
    private var earliestDeadline = UInt64.max
    private(set) var nextCheck = UInt64.max

    private let answerGrace: UInt64

    init(
        configuration: ClientConnection.Configuration, owner: ObjectIdentifier?, timer: LoopTimer,
        ready: EventLoopPromise<Void>, goingAway: GoingAway
    ) {
        self.configuration = configuration
        answerGrace = UInt64(configuration.limits.answerGrace.nanoseconds)
        self.owner = owner
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

    /// Whether a new call may begin, or wait, here.
    var acceptsCalls: Bool { !isClosed && machine.acceptsCalls }

    /// Starts a call that is made on the event loop, perhaps inside a completion: its request is written once, behind
    /// its frame's header, and leaves with all others of this turn.
    func start(
        _ method: MethodDescriptor, _ request: some Message, _ options: CallOptions,
        _ completion: @escaping UnaryCompletion
    ) {
        if !isReading {
            now = NIODeadline.now().uptimeNanoseconds
            flushSoon()
        }
        let start = Deadline(nanoseconds: now)
        let call: ClientCall
        if let ended = spare.popLast() {
            call = ended
            call.reuse(method, options, defaultTimeout: configuration.timeout, start: start, completion)
        } else {
            call = ClientCall(method, options, defaultTimeout: configuration.timeout, start: start, completion)
        }
        var writer = spareWriter.take()
        request.encode(into: &writer)
        if acceptsCalls, writer.count <= machine.peer.frameBodySizeMax, let slot = machine.open() {
            begin(call, on: slot, &writer)
            spareWriter.giveBack(writer)
        } else {
            call.request = writer.array
            spareWriter.giveBack(writer)
            self.start(call)
        }
    }

    func start(_ call: ClientCall) {
        if call.isCancelled { return call.fail(.cancelledBeforeStart) }
        guard acceptsCalls else { return refuse(call, refusal) }
        guard let slot = machine.open() else {
            guard waiting.count < configuration.waitingMax else {
                return refuse(
                    call,
                    RPCError(
                        .resourceExhausted, "Too many calls wait for this connection.", reason: "too_many_calls",
                        notProcessed: true))
            }
            waiting.append(call)
            plan(call.deadline)
            return
        }
        beginWaiting(call, on: slot)
    }

    /// Ends a call that can't begin; a completion isn't run before the call that it belongs to has returned.
    private func refuse(_ call: ClientCall, _ error: RPCError) {
        guard call.isCompletion else { return call.fail(error) }
        timer.eventLoop.execute { call.fail(error) }
    }

    func cancel(_ call: ClientCall) {
        guard !call.isCancelled else { return }
        call.isCancelled = true
        if let slot = call.slot {
            out.writeHeader(FrameHeader(.cancel, slot: slot))
        } else {
            for waiter in waiting.removeAll(where: { $0 === call }) { waiter.fail(.cancelledBeforeStart) }
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

    /// Writes what has gathered when this turn of the event loop is over.
    private func flushSoon() {
        guard !willFlush else { return }
        willFlush = true
        let bound = NIOLoopBound(self, eventLoop: timer.eventLoop)
        timer.eventLoop.execute {
            bound.value.willFlush = false
            bound.value.flush()
        }
    }

    /// Begins a call whose request waits in it.
    private func beginWaiting(_ call: ClientCall, on slot: UInt32) {
        guard call.request.count <= machine.peer.messageSizeMax else { return refuseLarge(call, on: slot) }
        var writer = spareWriter.take()
        if call.request.count <= machine.peer.frameBodySizeMax {
            writer.prepend(call.request.span)
            if begin(call, on: slot, &writer) { call.request = [] }
        } else {
            beginLarge(call, on: slot, &writer)
        }
        spareWriter.giveBack(writer)
    }

    /// Begins a call whose request needs several frames.
    private func beginLarge(_ call: ClientCall, on slot: UInt32, _ writer: inout WireWriter) {
        writeMeta(call, &writer)
        guard writer.count <= configuration.limits.connection.metaSizeMax else { return refuseLarge(call, on: slot) }
        keep(call, slot)
        let count = machine.take(call.request.count, on: slot)
        out.writeHeader(
            FrameHeader(.request, .firstFragment, metaLength: writer.count, bodyLength: count, slot: slot))
        writer.withBytes { out.writeSpan($0) }
        out.writeBytes(call.request[0..<count])
        call.sent = count
        pump(slot)
    }

    /// Begins a call whose request stands in the writer, and fits a frame and any window.
    @discardableResult
    private func begin(_ call: ClientCall, on slot: UInt32, _ writer: inout WireWriter) -> Bool {
        let count = writer.count
        writeMeta(call, &writer)
        let metaLength = writer.count - count
        guard metaLength <= configuration.limits.connection.metaSizeMax else {
            refuseLarge(call, on: slot)
            return false
        }
        keep(call, slot)
        let taken = machine.take(count, on: slot)
        precondition(taken == count, "A fresh slot's window holds a frame.")
        out.writeFrame(
            FrameHeader(.request, .wholeMessage, metaLength: metaLength, bodyLength: count, slot: slot),
            writer)
        return true
    }

    /// Writes a call's meta in front of what the writer holds.
    private func writeMeta(_ call: ClientCall, _ writer: inout WireWriter) {
        // A call that waited is counted from when it was made, one of this turn from the turn's beginning.
        let microseconds = call.deadline == .never ? 0 : max(1, call.deadline.nanoseconds(since: moment) / 1_000)
        writer.writeRequestMeta(
            call.method, call.options, tenant: call.options.tenant ?? configuration.tenant, microseconds: microseconds)
    }

    private var moment: Deadline {
        Deadline(nanoseconds: isReading ? now : NIODeadline.now().uptimeNanoseconds)
    }

    private func keep(_ call: ClientCall, _ slot: UInt32) {
        call.slot = slot
        while calls.count <= slot { calls.append(nil) }
        calls[Int(slot)] = call
        plan(call.deadline)
    }

    /// The slot was opened and nothing was sent on it: an END of its own making frees it.
    private func refuseLarge(_ call: ClientCall, on slot: UInt32) {
        _ = machine.received(FrameHeader(.end, slot: slot), now: now)
        refuse(
            call,
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
        beginWaiters()
        call.finish(answer)
        release(call)
    }

    /// Keeps an ended call for another; a full connection's worth of them at most.
    private func release(_ call: ClientCall) {
        if call.isReusable, spare.count < 256 { spare.append(call) }
    }

    private func beginWaiters() {
        while !waiting.isEmpty, let freed = machine.open() {
            guard let call = waiting.popFirst() else { preconditionFailure("The queue isn't empty.") }
            beginWaiting(call, on: freed)
        }
    }

    private var refusal: RPCError {
        goneBecause
            ?? RPCError(.unavailable, "The connection is closed.", reason: "connection_closed", notProcessed: true)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        running = RunningCompletions.make()
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
        running?.handler = self
        defer { running?.handler = nil }
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
        if frame.meta.isEmpty, case .endWithMessage = action, case .completion(let completion) = call.receiver,
            !call.isDropping, !call.hasWhole
        {
            // The usual answer: its bytes are lent as they stand in the read.
            calls[Int(slot)] = nil
            call.slot = nil
            call.receiver = .none
            release(call)
            // Before the completion: a call that it makes mustn't overtake those that wait.
            beginWaiters()
            return completion(.success(bytes.extracting(frame.body)), ResponseInfo())
        }
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
        for call in waiting.removeAll(where: { _ in true }) { call.fail(refusal) }
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
        for call in waiting.removeAll(where: { _ in true }) { call.fail(refusal) }
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
        if deadline != .never { earliestDeadline = min(earliestDeadline, deadline.nanoseconds + answerGrace) }
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
            let moment = call.deadline.nanoseconds + answerGrace
            if moment > now { earliestDeadline = min(earliestDeadline, moment) }
            return moment <= now
        }
        for call in waiting.removeAll(where: isDue) { call.fail(.expiredBeforeStart) }
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
