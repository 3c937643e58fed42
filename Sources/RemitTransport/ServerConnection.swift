import Logging
import NIOCore
import NIOSSL
import RemitFrame
import RemitRPC
import RemitWire

/// The server's end of one native connection: bytes in, frames judged by the machine, calls started on the router.
///
/// All frames of one read are handled in one turn, and all answers of a turn leave as one write.
final class ServerConnection: ChannelInboundHandler, Timed {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Call {
        var id: CallID
        var context: CallContext
    }

    /// A request whose message isn't whole yet.
    struct Partial {
        var meta: [UInt8]
        var message: [UInt8]
        var arrival: UInt64
    }

    let router: Router
    let limits: TransportLimits
    let timer: LoopTimer
    let budget: ReassemblyBudget
    let logger: Logger
    let sink: NativeSink
    // Unchecked, as all that says so: every access ends before anything is called that could come back here, and the
    // checks at run time were a tenth of a call's cost.
    @exclusivity(unchecked) var machine: ServerConnectionMachine
    @exclusivity(unchecked) var calls: [Call?] = []
    var partials: [UInt32: Partial] = [:]
    @exclusivity(unchecked) var outgoing: [UInt32: Outgoing] = [:]
    @exclusivity(unchecked) var tasks: [UInt32: Task<Void, Never>] = [:]
    /// Bytes that were taken from a window for an answer which didn't fit it.
    @exclusivity(unchecked) var credits: [UInt32: Int] = [:]
    /// A server that is full refuses call after call with the same words.
    @exclusivity(unchecked) var lastRefusal: (error: RPCError, meta: [UInt8])?
    /// Known once the Hello was judged good.
    @exclusivity(unchecked) var origins: OriginCache?
    @exclusivity(unchecked) var out: ByteBuffer
    let spareWriter: SpareWriter
    private let identities: IdentityOrigins
    var context: ChannelHandlerContext?
    @exclusivity(unchecked) var now: UInt64 = 0
    /// Answers written since the last read began, and when one of them was.
    @exclusivity(unchecked) var answersOfTurn = 0
    @exclusivity(unchecked) var lastAnswer: UInt64 = 0

    @exclusivity(unchecked) private var decoder: FrameDecoder
    private var leftover: ByteBuffer?
    private(set) var isReading = false
    private var isClosing = false
    private var opening: Scheduled<Void>?
    private var lastRead: UInt64 = 0
    private var frameBegan: UInt64?
    private var stalled: UInt64?
    private var pinged: UInt64?
    private var drainEnds: UInt64?
    /// Until when, in a drain, a request may be under way that was sent before its sender read the GOAWAY.
    private var crossingEnds: UInt64?
    /// Body of the PING behind a GOAWAY; those that ask for a sign of life bear a time.
    private static let crossingMark = UInt64.max
    /// No later than the earliest deadline of the calls in flight.
    private var earliestDeadline = UInt64.max
    private(set) var nextCheck = UInt64.max

    init(
        router: Router, limits: TransportLimits, timer: LoopTimer, spareWriter: SpareWriter,
        identities: IdentityOrigins, budget: ReassemblyBudget, logger: Logger, opening: Scheduled<Void>?
    ) {
        self.router = router
        self.limits = limits
        self.timer = timer
        self.spareWriter = spareWriter
        self.identities = identities
        self.budget = budget
        self.logger = logger
        self.opening = opening
        sink = NativeSink(eventLoop: timer.eventLoop, slotCount: limits.connection.slotsMax)
        now = NIODeadline.now().uptimeNanoseconds
        machine = ServerConnectionMachine(limits: limits.connection, now: now)
        decoder = FrameDecoder(limits: limits.connection, expectsMagic: true)
        out = ByteBufferAllocator().buffer(capacity: 4_096)
        calls = Array(repeating: nil, count: limits.connection.slotsMax)
        lastRead = now
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sink.connection = self
        timer.add(self)
        var hello = Hello()
        hello.slotsMax = UInt32(limits.connection.slotsMax)
        hello.messageSizeMax = UInt32(limits.connection.messageSizeMax)
        hello.frameBodySizeMax = UInt32(limits.connection.frameBodySizeMax)
        hello.windowBytes = UInt32(limits.connection.windowSize)
        hello.keepaliveMs = UInt32(limits.keepalive.nanoseconds / 1_000_000)
        hello.agent = "remit-server"
        out.writeFrame(.hello, meta: hello)
        flush()
        plan()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        isReading = true
        sink.isGathering = true
        now = NIODeadline.now().uptimeNanoseconds
        lastRead = now
        answersOfTurn = 0
        pinged = nil
        var buffer = unwrapInboundIn(data)
        if var earlier = leftover.take() {
            earlier.writeBuffer(&buffer)
            buffer = earlier
        }
        let offset = handleFrames(in: buffer.readableBytesUInt8Span)
        keep(buffer, from: offset)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        sink.handOver()
        flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stalled = nil
            for slot in Array(outgoing.keys) { pump(slot) }
            flushUnlessReading()
        } else {
            stalled = NIODeadline.now().uptimeNanoseconds
            plan()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent { beginDrain(code: 0, text: "The server is going away.") }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Reset or broken TLS: the peer is gone; its calls are ended when the channel closes.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    // MARK: Frames

    /// Handles all whole frames; gives the position behind the last one.
    private func handleFrames(in bytes: Span<UInt8>) -> Int {
        var offset = 0
        while !isClosing {
            switch decoder.next(bytes, from: offset) {
            case .needMore: return offset
            case .fault(let fault): close(for: fault)
            case .frame(let frame):
                handle(frame, bytes)
                offset = frame.end
            }
        }
        return offset
    }

    private func keep(_ buffer: ByteBuffer, from offset: Int) {
        guard !isClosing, offset < buffer.readableBytes else {
            frameBegan = nil
            return
        }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: offset)
        // A slice would hold the whole read; what is left is less than a frame.
        leftover = offset == 0 ? rest : ByteBuffer(buffer: rest)
        if offset > 0 || frameBegan == nil { frameBegan = now }
        plan()
    }

    private func handle(_ frame: FrameDecoder.Frame, _ bytes: Span<UInt8>) {
        let slot = frame.header.slot
        switch machine.received(frame.header, grant: bytes.grant(in: frame), now: now) {
        case .ignore, .goAwayReceived: break
        case .pongReceived:
            if bytes.number(in: frame) == Self.crossingMark { endCrossing() }
        case .judgeHello: judgeHello(bytes.extracting(frame.meta))
        case .start: start(slot, meta: bytes.extracting(frame.meta), message: bytes.extracting(frame.body), at: now)
        case .keep(let grant): keepPartial(slot, frame, bytes, grant)
        case .append(let grant): appendPartial(slot, bytes.extracting(frame.body), grant)
        case .appendAndStart: finishPartial(slot, bytes.extracting(frame.body))
        case .refuse(let refusal):
            dropPartial(slot)
            writeEnd(slot, StatusMeta(refusal.error).encoded())
            if refusal == .unauthenticated { closeSoon(for: .unauthenticated) } else { closeIfDrained() }
        case .cancel: cancel(slot)
        case .resume: pump(slot)
        case .pong:
            out.writeHeader(FrameHeader(.pong, bodyLength: 8))
            out.writeSpan(bytes.extracting(frame.body))
        case .fault(let fault): close(for: fault)
        }
    }

    private func judgeHello(_ meta: Span<UInt8>) {
        guard let hello = try? Hello(decoding: meta), hello.credential.utf8.count <= limits.credentialSizeMax,
            hello.agent.utf8.count <= limits.agentSizeMax,
            let peer = PeerLimits(
                frameBodySizeMax: hello.frameBodySizeMax, messageSizeMax: hello.messageSizeMax,
                slotsMax: hello.slotsMax, windowBytes: hello.windowBytes, keepalive: hello.keepaliveMs)
        else { return close(for: .protocolViolation) }
        opening?.cancel()
        opening = nil
        do throws(RPCError) {
            origins = identities.join(try router.authenticator.identity(for: credential(hello)))
            machine.accept(peer)
            plan()
        } catch {
            machine.refuse()
            closeSoon(for: .unauthenticated)
        }
    }

    private func credential(_ hello: Hello) -> Credential {
        if !hello.credential.isEmpty { return .apiKey(hello.credential) }
        let tls = try? context?.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        guard let certificate = try? tls?.peerCertificate?.toDERBytes() else { return .anonymous }
        return .certificate(certificate)
    }

    private func keepPartial(_ slot: UInt32, _ frame: FrameDecoder.Frame, _ bytes: Span<UInt8>, _ grant: UInt32) {
        guard budget.reserve(frame.body.count) else { return refusePartial(slot) }
        partials[slot] = Partial(meta: bytes.array(frame.meta), message: bytes.array(frame.body), arrival: now)
        plan()
        if grant > 0 { out.writeWindow(grant, on: slot) }
    }

    private func appendPartial(_ slot: UInt32, _ body: Span<UInt8>, _ grant: UInt32) {
        guard budget.reserve(body.count) else { return refusePartial(slot) }
        body.withUnsafeBufferPointer { partials[slot]?.message.append(contentsOf: $0) }
        if grant > 0 { out.writeWindow(grant, on: slot) }
    }

    private func finishPartial(_ slot: UInt32, _ body: Span<UInt8>) {
        guard var partial = partials[slot] else { return }
        dropPartial(slot)
        body.withUnsafeBufferPointer { partial.message.append(contentsOf: $0) }
        start(slot, meta: partial.meta.span, message: partial.message.span, at: partial.arrival)
    }

    private func dropPartial(_ slot: UInt32) {
        guard let partial = partials.removeValue(forKey: slot) else { return }
        budget.release(partial.message.count)
    }

    private func refusePartial(_ slot: UInt32) {
        endPartial(slot, ServerConnectionMachine.Refusal.reassemblyExceeded.error)
    }

    private func endPartial(_ slot: UInt32, _ error: RPCError) {
        dropPartial(slot)
        machine.ended(slot)
        writeEnd(slot, StatusMeta(error).encoded())
        closeIfDrained()
    }

    /// Ends the requests whose message has been on its way for too long.
    private func expirePartials(_ now: UInt64) {
        for (slot, partial) in partials where partial.arrival + UInt64(limits.message.nanoseconds) <= now {
            endPartial(slot, .expiredBeforeStart)
        }
    }

    /// The caller gave up: a request that isn't whole ends here, a call as `cancelCall` has it.
    private func cancel(_ slot: UInt32) {
        if partials[slot] != nil {
            endPartial(slot, .cancelledBeforeStart)
        } else {
            cancelCall(slot)
        }
    }

    // MARK: Writing

    /// Writes what has gathered, unless a read's turn will do it.
    func flushUnlessReading() {
        if !isReading { flush() }
    }

    private func flush() {
        guard let context, out.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out.clear()
    }

    /// Ends the connection at once: says why, and closes when that has been written.
    func close(for fault: ConnectionFault) {
        guard !isClosing, let context else { return }
        isClosing = true
        logger.info("connection ended", metadata: ["fault": "\(fault)"])
        out.writeGoAway(fault)
        closeWhenWritten(context)
    }

    /// Ends the connection when the frames of this turn have been answered.
    private func closeSoon(for fault: ConnectionFault) {
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.close(for: fault) }
    }

    // MARK: Time

    /// A call with this deadline is in flight.
    func plan(deadline: UInt64) {
        guard deadline < earliestDeadline else { return }
        earliestDeadline = deadline
        if deadline < nextCheck {
            nextCheck = deadline
            timer.need(deadline)
        }
    }

    private func plan() {
        var next = earliestDeadline
        // Before the Hello is judged, the limit for opening holds instead.
        if machine.isOpen {
            let silence = pinged == nil ? limits.keepalive : limits.keepalive + limits.pong
            next = min(next, lastRead + UInt64(silence.nanoseconds))
        }
        if let frameBegan { next = min(next, frameBegan + UInt64(limits.frame.nanoseconds)) }
        if let stalled { next = min(next, stalled + UInt64(limits.outboundStall.nanoseconds)) }
        if let drainEnds { next = min(next, drainEnds) }
        if let crossingEnds { next = min(next, crossingEnds) }
        for partial in partials.values { next = min(next, partial.arrival + UInt64(limits.message.nanoseconds)) }
        nextCheck = next
        timer.need(next)
    }

    func check(_ now: UInt64) {
        guard !isClosing else {
            nextCheck = .max
            return
        }
        self.now = now
        if let frameBegan, frameBegan + UInt64(limits.frame.nanoseconds) <= now { return close(for: .tooSlow) }
        if let stalled, stalled + UInt64(limits.outboundStall.nanoseconds) <= now { return cut() }
        if let drainEnds, drainEnds <= now { return endDrain() }
        if let crossingEnds, crossingEnds <= now { endCrossing() }
        let silence = now - min(now, lastRead)
        if pinged != nil, silence >= UInt64((limits.keepalive + limits.pong).nanoseconds) {
            return close(for: .tooSlow)
        }
        if machine.isOpen, pinged == nil, silence >= UInt64(limits.keepalive.nanoseconds) {
            pinged = now
            out.writePing(now)
        }
        if earliestDeadline <= now { earliestDeadline = expireCalls(now) }
        if !partials.isEmpty { expirePartials(now) }
        flush()
        plan()
    }

    /// The peer doesn't read: what waits for it would wait behind everything else, so it is cut without a word.
    private func cut() {
        logger.info("connection ended", metadata: ["fault": "\(ConnectionFault.slowReader)"])
        isClosing = true
        closePastTLS()
    }

    // MARK: Drain and end

    /// No new calls; streams end; the connection closes when nothing runs, or when the time is up.
    func beginDrain(code: UInt32, text: String) {
        guard !isClosing, drainEnds == nil else { return }
        var meta = GoAway()
        meta.code = code
        meta.text = text
        meta.drainMs = UInt32(limits.drain.nanoseconds / 1_000_000)
        out.writeFrame(.goAway, meta: meta)
        guard machine.beginDrain() else { return closeWhenWritten() }
        // A peer answers in order: every request that it sent before it read the GOAWAY comes before the PONG.
        out.writePing(Self.crossingMark)
        let now = NIODeadline.now().uptimeNanoseconds
        drainEnds = now + UInt64(limits.drain.nanoseconds)
        crossingEnds = now + UInt64(limits.crossing.nanoseconds)
        endStreams()
        flushUnlessReading()
        closeIfDrained()
        plan()
    }

    /// Closes a draining connection once no slot is in use, and no request can come any more that would get no END.
    func closeIfDrained() {
        if machine.isDraining, machine.slotsInUse == 0, crossingEnds == nil { closeWhenWritten() }
    }

    private func endCrossing() {
        guard crossingEnds != nil else { return }
        crossingEnds = nil
        closeIfDrained()
    }

    private func endDrain() {
        for slot in Array(partials.keys) { endPartial(slot, ServerConnectionMachine.Refusal.draining.error) }
        abandonCalls()
        closeWhenWritten()
    }

    private func closeWhenWritten() {
        guard !isClosing, let context else { return }
        isClosing = true
        closeWhenWritten(context)
    }

    private func closeWhenWritten(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(out)).whenComplete { _ in channel.close(promise: nil) }
        out.clear()
        // A peer that reads nothing any more would hold the connection, and with it the server's drain.
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let last = context.eventLoop.scheduleTask(in: limits.farewell) { bound.value.closePastTLS() }
        channel.closeFuture.whenComplete { _ in last.cancel() }
    }

    /// Closes without TLS's farewell, which would wait for the peer to read it.
    private func closePastTLS() {
        let tls = try? context?.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? context)?.close(promise: nil)
    }

    private func release() {
        guard context != nil else { return }
        isClosing = true
        opening?.cancel()
        timer.remove(self)
        if let origins { identities.leave(origins) }
        origins = nil
        loseCalls()
        sink.handOver()
        for slot in Array(partials.keys) { dropPartial(slot) }
        sink.connection = nil
        context = nil
    }
}

/// Asks the connections of a listener to drain.
struct DrainEvent: Sendable {}
