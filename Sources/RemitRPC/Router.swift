/// Every method a server offers, with the interceptors around them: the one way in for every door.
///
/// A door looks the method up by its name's bytes, lets the router admit the call, keeps the context, runs the call,
/// and reports its end.
public final class Router: Sendable {
    /// The methods, in the order they were given.
    public let methods: [Method]
    /// Judges credentials.
    public let authenticator: any Authenticator
    /// The longest that a call may take, in nanoseconds, whatever its caller asks; 0 for a stream's means no bound.
    public let callNanosecondsMax: UInt64

    private let interceptors: [any Interceptor]
    private let index: MethodIndex

    /// A router of `methods` behind `interceptors`, which are asked in their order.
    ///
    /// A unary call takes `callNanosecondsMax` at most: 60 s by default, twice the budget of the longest operation.
    public init(
        methods: [Method], interceptors: [any Interceptor] = [], authenticator: any Authenticator,
        callNanosecondsMax: UInt64 = 60_000_000_000
    ) {
        self.methods = methods
        self.interceptors = interceptors
        self.authenticator = authenticator
        self.callNanosecondsMax = callNanosecondsMax
        index = MethodIndex(methods.map(\.descriptor.fullName))
    }

    /// Admits a call to the method named by `path`: its context is complete afterwards.
    ///
    /// Throws when the call is refused; a refused call never ran, and `finished` isn't called for it.
    public func admit(_ path: Span<UInt8>, _ context: inout CallContext) throws(RPCError) {
        guard let method = index.find(path) else {
            throw RPCError(
                .unimplemented, "The server has no method of this name.", reason: "unknown_method", notProcessed: true)
        }
        context.method = method
        guard authenticator.isValid(context.identity) else {
            throw RPCError(
                .unauthenticated, "The credential of this connection is no longer valid.", reason: "credential_revoked",
                notProcessed: true)
        }
        let descriptor = methods[method].descriptor
        if descriptor.kind == .unary {
            context.deadline = min(context.deadline, .after(nanoseconds: callNanosecondsMax, from: context.arrival))
        }
        for position in interceptors.indices {
            do throws(RPCError) {
                try interceptors[position].admit(&context, descriptor)
            } catch {
                var refusal = error
                refusal.outcome = .none
                refusal.notProcessed = true
                let status = CallStatus(error: refusal)
                for admitted in interceptors[..<position].reversed() {
                    admitted.finished(context, descriptor, status)
                }
                throw refusal
            }
        }
    }

    /// Runs an admitted call over its message's bytes; the answer leaves through the handle's sink, perhaps at once.
    public func run(_ context: CallContext, _ message: Span<UInt8>, _ call: CallHandle) {
        methods[context.method].start(message, context, call)
    }

    /// Tells the interceptors, last one first, how an admitted call ended.
    public func finished(_ context: CallContext, _ status: CallStatus) {
        let descriptor = methods[context.method].descriptor
        for interceptor in interceptors.reversed() { interceptor.finished(context, descriptor, status) }
    }

    /// What a call that was started, and whose answer isn't awaited any more, has to say about its outcome.
    public func outcomeWhenAbandoned(_ context: CallContext) -> Outcome {
        methods[context.method].descriptor.idempotency == .noSideEffects ? .none : .unknown
    }
}
