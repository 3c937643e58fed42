public import RemitRPC
import RemitTransport
public import RemitWire

/// A client of a Remit server: a few connections, deadlines, and retries where they are safe.
///
/// Give it to a generated client, such as `PaymentServiceClient`. A call is retried when the server says that it never
/// ran, when its method has no side effects, or when it carries an idempotency key, which all attempts share. A call that
/// is made with a completion is made once. The error of a call is that of its last attempt which may have run: when an
/// outcome is unknown, an attempt that found no server afterwards doesn't make it known.
public final class RemitClient: ClientChannel, Sendable {
    /// Whose certificates the client trusts.
    public enum Authority: Sendable {
        /// The system's authorities.
        case system
        /// The authorities in this PEM file.
        case file(String)
        /// The authorities in this PEM text.
        case pem(String)
    }

    private let pool: ConnectionPool
    private let policy: RetryPolicy
    private let budget: RetryBudget
    private let timeout: Duration

    private init(pool: ConnectionPool, policy: RetryPolicy, timeout: Duration) {
        self.pool = pool
        self.policy = policy
        self.timeout = timeout
        budget = RetryBudget()
    }

    /// Connects to a server; the first connection is up when it returns, the others come when they are needed.
    ///
    /// `tenant` is that of calls that name none; empty: the one that the key belongs to. `timeout` is that of unary
    /// calls that name none, all their attempts together.
    public static func connect(
        host: String, port: Int, authority: Authority = .system, apiKey: String, tenant: String = "",
        serverName: String? = nil, connections: Int = 1, timeout: Duration = .seconds(30),
        retries: RetryPolicy = RetryPolicy()
    ) async throws(RPCError) -> RemitClient {
        let roots: TrustRoots =
            switch authority {
            case .system: .system
            case .file(let path): .file(path)
            case .pem(let text): .pem(Array(text.utf8))
            }
        var configuration: ClientConnection.Configuration
        do {
            configuration = try ClientConnection.Configuration(
                host: host, port: port, authority: serverName, roots: roots, apiKey: apiKey)
        } catch {
            throw RPCError(
                .invalidArgument, "The authority's certificates can't be read.", reason: "bad_authority",
                notProcessed: true, context: ["cause": "\(error)"])
        }
        configuration.tenant = tenant
        configuration.timeout = timeout
        let pool = ConnectionPool(configuration, size: max(1, connections))
        _ = try await pool.connection()
        return RemitClient(pool: pool, policy: retries, timeout: timeout)
    }

    /// Calls a unary method with the request's bytes, again where that is safe.
    public func unary(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> (message: [UInt8], info: ResponseInfo) {
        let deadline = Deadline.after(nanoseconds: (options.timeout ?? timeout).nanosecondsClamped, from: .now)
        var options = options
        // What the last attempt that may have run left open; an attempt that never ran says nothing about it.
        var unsure: RPCError?
        while true {
            var failure: RPCError
            do throws(RPCError) {
                let left = deadline.nanoseconds(since: .now)
                options.timeout = .nanoseconds(Int64(clamping: left))
                let answer = try await pool.connection().unary(method, request: request, options: options)
                budget.succeeded()
                return answer
            } catch {
                failure = error
            }
            let pause = policy.pause(after: failure, attempt: options.attempt, method, options)
            if !failure.notProcessed { unsure = failure.outcome == .unknown ? failure : nil }
            failure = unsure ?? failure
            guard let pause, deadline.nanoseconds(since: .now) > pause.nanosecondsClamped, budget.take() else {
                throw failure
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw failure
            }
            options.attempt += 1
        }
    }

    /// Calls a unary method and returns at once, for callers that have many calls under way.
    ///
    /// `completion` is run once, on a connection's event loop, after this function has returned: it must not block.
    /// Calls that it makes leave on the same connection, all of one turn in one write. Nothing is made again here: an
    /// error with `notProcessed` says that the caller may. The deadline is the options' or the client's.
    public func unary(
        _ method: MethodDescriptor, request: some Message, options: CallOptions,
        then completion: @escaping UnaryCompletion
    ) {
        if ClientConnection.call(
            method, request, options, then: completion, onConnectionOf: ObjectIdentifier(pool))
        {
            return
        }
        if let connection = pool.openConnection() {
            return connection.unary(method, request: request, options: options, then: completion)
        }
        // A task: connecting takes round trips, and the caller goes on meanwhile.
        Task {
            do throws(RPCError) {
                try await pool.connection().unary(method, request: request, options: options, then: completion)
            } catch {
                completion(.failure(error), ResponseInfo())
            }
        }
    }

    /// Calls a method with a stream of responses; streams aren't retried, since only their reader knows where to go on.
    public func serverStreaming(
        _ method: MethodDescriptor, request: [UInt8], options: CallOptions
    ) async throws(RPCError) -> MessageStream {
        try await pool.connection().serverStreaming(method, request: request, options: options)
    }

    /// Closes the connections; calls that run end UNAVAILABLE.
    public func close() async { await pool.close() }
}
