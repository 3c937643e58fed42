package import NIOCore
import NIOPosix
package import NIOSSL
import NIOTLS
import RemitFrame
package import RemitRPC
package import RemitWire
import Synchronization

/// A client's connection: many calls at once, each in a slot of its own.
///
/// Cancelling a task asks the server to end the call and waits for its END, which tells what became of the work.
package final class ClientConnection: ClientChannel, Sendable {
    /// What a connection is made of.
    package struct Configuration: Sendable {
        /// Host name or address to connect to.
        package var host: String
        /// Port to connect to.
        package var port: Int
        /// The name that the server's certificate must have; nil: the host.
        package var authority: String?
        /// Trust roots, and a client certificate if there is one; version and ALPN are set here.
        package var tls: TLSConfiguration
        /// The API key; empty where the certificate is the identity.
        package var apiKey: String
        /// The tenant of calls that name none; empty: the credential's own.
        package var tenant = ""
        /// How long a unary call waits when it doesn't say.
        package var timeout: Duration? = .seconds(30)
        /// Calls that may wait for a slot.
        package var waitingMax = 4_096
        /// Time limits and sizes.
        package var limits = TransportLimits()

        /// A configuration with the protocol's defaults.
        package init(host: String, port: Int, authority: String? = nil, tls: TLSConfiguration, apiKey: String) {
            self.host = host
            self.port = port
            self.authority = authority
            self.tls = tls
            self.apiKey = apiKey
        }
    }

    private enum Item {
        case start(ClientCall)
        case cancel(ClientCall)
        case consumed(ClientCall, Int)
    }

    private struct Mailbox {
        var items: [Item] = []
        var isScheduled = false
    }

    private let channel: any Channel
    private let handler: NIOLoopBound<ClientConnectionHandler>
    private let configuration: Configuration
    private let goingAway: GoingAway
    private let mailbox = Mutex(Mailbox())

    private init(
        channel: any Channel, handler: NIOLoopBound<ClientConnectionHandler>, goingAway: GoingAway,
        configuration: Configuration
    ) {
        self.goingAway = goingAway
        self.channel = channel
        self.handler = handler
        self.configuration = configuration
    }

    /// Connects; returns once TLS is up and the server's Hello has come.
    ///
    /// Throws UNAVAILABLE, with nothing processed.
    ///
    /// `owner` names who spreads calls over several connections; see ``call(_:_:_:then:onConnectionOf:)``.
    package static func connect(
        _ configuration: Configuration, owner: ObjectIdentifier? = nil, on eventLoop: any EventLoop
    ) async throws(RPCError) -> ClientConnection {
        do {
            var tls = configuration.tls
            tls.minimumTLSVersion = .tlsv13
            tls.applicationProtocols = [Listener.applicationProtocol]
            let sslContext = try NIOSSLContext(configuration: tls)
            let name = configuration.authority ?? configuration.host
            let ready = eventLoop.makePromise(of: Void.self)
            let goingAway = GoingAway()
            let timeout = eventLoop.scheduleTask(in: configuration.limits.opening) {
                ready.fail(ChannelError.connectTimeout(configuration.limits.opening))
            }
            let bound = try await ClientBootstrap(group: eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.maxMessagesPerRead, value: 1)
                .connectTimeout(configuration.limits.opening)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: sslContext, serverHostname: isAddress ? nil : name))
                        try channel.pipeline.syncOperations.addHandler(
                            ClientConnectionHandler(
                                configuration: configuration, owner: owner,
                                timer: LoopTimer(eventLoop: channel.eventLoop),
                                ready: ready, goingAway: goingAway))
                    }
                }
                .connect(host: configuration.host, port: configuration.port)
                .flatMapThrowing { channel -> (any Channel, NIOLoopBound<ClientConnectionHandler>) in
                    let handler = try channel.pipeline.syncOperations.handler(type: ClientConnectionHandler.self)
                    return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                }
                .flatMapErrorThrowing { error -> (any Channel, NIOLoopBound<ClientConnectionHandler>) in
                    ready.fail(error)
                    throw error
                }
                .get()
            do {
                try await ready.futureResult.get()
                timeout.cancel()
            } catch {
                timeout.cancel()
                bound.0.close(promise: nil)
                throw error
            }
            return ClientConnection(
                channel: bound.0, handler: bound.1, goingAway: goingAway, configuration: configuration)
        } catch {
            throw RPCError(
                .unavailable, "The server can't be reached.", reason: "cannot_connect", notProcessed: true,
                context: ["cause": "\(error)"])
        }
    }

    /// Calls a unary method with the request's bytes; cancelling the task asks the server to end the call.
    package func unary(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo) {
        let call = ClientCall(
            method: method, request: request, options: options, defaultTimeout: configuration.timeout)
        let answer = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                call.receiver = .unary(continuation)
                post(.start(call))
            }
        } onCancel: {
            post(.cancel(call))
        }
        return try answer.get()
    }

    /// Calls a unary method and returns at once; `completion` is run on the connection's event loop.
    package func unary(
        _ method: MethodDescriptor, request: some Message, options: CallOptions,
        then completion: @escaping UnaryCompletion
    ) {
        if channel.eventLoop.inEventLoop {
            return handler.value.start(method, request, options, completion)
        }
        let call = ClientCall(
            method: method, request: request.encoded(), options: options, defaultTimeout: configuration.timeout)
        call.receiver = .completion(completion)
        post(.start(call))
    }

    /// Calls a unary method on the connection of `owner` whose completion is running on this thread.
    ///
    /// False when none is, and then nothing was done.
    package static func call(
        _ method: MethodDescriptor, _ request: some Message, _ options: CallOptions,
        then completion: @escaping UnaryCompletion, onConnectionOf owner: ObjectIdentifier
    ) -> Bool {
        guard let handler = RunningCompletions.here?.handler, handler.owner == owner, handler.acceptsCalls else {
            return false
        }
        handler.start(method, request, options, completion)
        return true
    }

    /// Calls a method with a stream of responses; leaving the stream asks the server to end the call.
    package func serverStreaming(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> MessageStream {
        let call = ClientCall(method: method, request: request, options: options, defaultTimeout: nil)
        let stream = MessageStream(
            consumed: { [self] count in post(.consumed(call, count)) }, cancelled: { [self] in post(.cancel(call)) })
        call.receiver = .stream(stream)
        post(.start(call))
        return stream
    }

    /// Whether new calls may be made here: false once the server goes away or the connection is gone.
    package var acceptsCalls: Bool { !goingAway.isSet }

    /// Says goodbye and closes: calls that run end UNAVAILABLE.
    package func close() async {
        try? await channel.close()
    }

    private func post(_ item: sending Item) {
        let mustWake = mailbox.withLock { mailbox in
            mailbox.items.append(item)
            defer { mailbox.isScheduled = true }
            return !mailbox.isScheduled
        }
        if mustWake { channel.eventLoop.execute { self.drain() } }
    }

    private func drain() {
        var items: [Item] = []
        mailbox.withLock { mailbox in
            swap(&items, &mailbox.items)
            mailbox.isScheduled = false
        }
        let handler = handler.value
        for item in items {
            switch item {
            case .start(let call): handler.start(call)
            case .cancel(let call): handler.cancel(call)
            case .consumed(let call, let count): handler.consumed(count, by: call)
            }
        }
        handler.flush()
    }
}

/// Whether a connection's server has said that it goes away; set on the event loop, read anywhere.
final class GoingAway: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
