import AsyncHTTPClient
package import Logging
package import NIOCore
import NIOHTTP1
package import RemitStripe

/// Sends requests to Stripe over HTTPS, one try each; shared by all tenants.
///
/// Logs the method, the path's first parts, the status and Stripe's request id: no keys, no bodies, no queries.
package final class LiveStripeExchange: StripeExchange {
    /// What a try may take.
    package struct Limits: Hashable, Sendable {
        /// Stripe's own clients wait longer; a caller of ours has 30 s in all, for three tries.
        package var connectMilliseconds: Int64 = 3_000
        /// From the first byte sent to the last received.
        package var tryMilliseconds: Int64 = 20_000
        /// Connections to Stripe: one for each of the calls in flight, 1,024 in all.
        ///
        /// Of them an account has 64, which its budget sees to. The HTTP client's own default, 8 connections to a
        /// host, would be the real limit otherwise.
        package var connectionsMax = 1_024
        /// The largest answer read: a page of 100 expanded objects is well below it.
        package var responseSizeMax = 4 << 20
        /// A connection without traffic is closed before Stripe closes it.
        package var idleSeconds: Int64 = 30

        package init() {}
    }

    private let client: HTTPClient
    private let endpoint: StripeEndpoint
    private let limits: Limits
    private let logger: Logger

    package init(endpoint: StripeEndpoint, limits: Limits = Limits(), group: any EventLoopGroup, logger: Logger) {
        var configuration = HTTPClient.Configuration()
        // A redirect would carry the key to wherever it points.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .milliseconds(limits.connectMilliseconds)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connectionsMax
        configuration.connectionPool.idleTimeout = .seconds(limits.idleSeconds)
        // Whether to try again isn't for the connection pool to decide: each try is recorded first.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
    }

    /// Closes the connections; requests that are still running fail.
    ///
    /// Must be called once, before the last use ends.
    package func shutdown() async throws {
        try await client.shutdown()
    }

    @concurrent package func exchange(_ request: StripeHTTPRequest) async -> StripeHTTPResult {
        let result = await send(request)
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(Self.loggable(request.target))",
        ]
        switch result {
        case .response(let response):
            metadata["status"] = "\(response.status)"
            metadata["request"] = "\(response["request-id"] ?? "")"
        case .failed(let failure):
            metadata["failure"] = "\(failure)"
        }
        logger.info("Called Stripe", metadata: metadata)
        return result
    }

    private func send(_ request: StripeHTTPRequest) async -> StripeHTTPResult {
        do {
            let response = try await client.execute(
                httpRequest(for: request), timeout: .milliseconds(limits.tryMilliseconds))
            let body = try await response.body.collect(upTo: limits.responseSizeMax)
            return .response(
                StripeHTTPResponse(
                    status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                    body: Array(body.readableBytesView)))
        } catch {
            return .failed(Self.failure(for: error))
        }
    }

    private func httpRequest(for request: StripeHTTPRequest) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: endpoint.url + request.target)
        http.method = HTTPMethod(rawValue: request.method.rawValue)
        http.headers.add(name: "Authorization", value: "Bearer \(request.secretKey.revealed)")
        http.headers.add(name: "Stripe-Version", value: request.version)
        http.headers.add(name: "User-Agent", value: "Remit")
        if let account = request.connectedAccount { http.headers.add(name: "Stripe-Account", value: account) }
        if let key = request.idempotencyKey { http.headers.add(name: "Idempotency-Key", value: key) }
        if request.method == .post {
            http.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            http.body = .bytes(ByteBuffer(bytes: request.body))
        }
        return http
    }

    private static func failure(for error: any Error) -> TransportFailure {
        switch error {
        case is NIOTooManyBytesError: .responseTooLarge
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: .couldNotConnect
            case .deadlineExceeded, .readTimeout, .writeTimeout: .timedOut
            default: .connectionLost
            }
        case ChannelError.connectTimeout: .couldNotConnect
        default: .connectionLost
        }
    }

    /// The path without the ids in it and without its query.
    private static func loggable(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }.split(separator: "/")
        return "/" + path.enumerated().map { $0.offset == 2 ? "…" : $0.element }.joined(separator: "/")
    }
}
