import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import NIOCore
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// Routes to be served by an ``HTTPListener``.
package struct RouterBuilder {
    let router: Router<BasicRequestContext>
}

/// A small HTTP/1.1 server: over TLS where it is given a certificate, else plain.
package final class HTTPListener: Sendable {
    private let services: ServiceGroup
    private let bound: Bound

    /// A listener on `host` and `port` (0: any free one).
    ///
    /// `tls` nil: plain HTTP, for loopback addresses only.
    package init(
        _ routes: RouterBuilder, host: String, port: Int, tls: TLSConfiguration?, group: any EventLoopGroup,
        limits: HTTPLimits = HTTPLimits(), logger: Logger
    ) throws {
        let bound = Bound()
        let base = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [RequestDeadline(limits)], idleTimeout: limits.idle))
        let application = Application(
            responder: routes.router.buildResponder(),
            server: try tls.map { try .tls(base, tlsConfiguration: $0) } ?? base,
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)),
            onServerRunning: { channel in bound.fulfil(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group), logger: logger)
        services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        self.bound = bound
    }

    /// Serves until ``stop()``.
    ///
    /// Cancelling it instead would tear down connections while they are being accepted, which NIO forbids.
    package func run() async throws {
        do {
            try await services.run()
        } catch {
            bound.fail(error)
            throw error
        }
        bound.fail(CancellationError())
    }

    /// Stops listening and closes each connection after its request; ``run()`` then returns.
    package func stop() async {
        await services.triggerGracefulShutdown()
    }

    /// The port it listens on; returns once it does, throws when it couldn't.
    package var port: Int {
        get async throws { try await bound.port() }
    }

    /// The port once it is known.
    private final class Bound: Sendable {
        private struct State {
            var result: Result<Int, any Error>?
            var waiting: [CheckedContinuation<Int, any Error>] = []
        }

        private let state = Mutex(State())

        func fulfil(_ port: Int) { settle(.success(port)) }

        func fail(_ error: any Error) { settle(.failure(error)) }

        private func settle(_ result: Result<Int, any Error>) {
            let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
                guard state.result == nil else { return [] }
                state.result = result
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(with: result) }
        }

        func port() async throws -> Int {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Int, any Error>? in
                    if state.result == nil { state.waiting.append(continuation) }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}
