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

    // Closures over the interceptors' own types: one call into code that knows all of them.
    private let admission: @Sendable (inout CallContext, MethodDescriptor) throws(RPCError) -> Void
    private let ending: @Sendable (CallContext, MethodDescriptor, CallStatus) -> Void
    private let index: MethodIndex

    /// A router of `methods` behind `interceptor`, which may be several; see ``Interceptor/then(_:)``.
    ///
    /// A unary call takes `callNanosecondsMax` at most: 60 s by default, twice the budget of the longest operation.
    @inlinable
    public convenience init(
        methods: [Method], interceptor: some Interceptor, authenticator: any Authenticator,
        callNanosecondsMax: UInt64 = 60_000_000_000
    ) {
        self.init(
            methods: methods, authenticator: authenticator, callNanosecondsMax: callNanosecondsMax,
            admission: { context, method throws(RPCError) in try interceptor.admit(&context, method) },
            ending: { context, method, status in interceptor.finished(context, method, status) })
    }

    /// A router of `methods` behind `interceptors`, which are asked in their order.
    ///
    /// A unary call takes `callNanosecondsMax` at most: 60 s by default, twice the budget of the longest operation.
    public convenience init(
        methods: [Method], interceptors: [any Interceptor] = [], authenticator: any Authenticator,
        callNanosecondsMax: UInt64 = 60_000_000_000
    ) {
        var all: any Interceptor = NoInterceptor()
        for interceptor in interceptors.reversed() { all = Self.pair(interceptor, all) }
        self.init(
            methods: methods, interceptor: all, authenticator: authenticator, callNanosecondsMax: callNanosecondsMax)
    }

    @usableFromInline
    init(
        methods: [Method], authenticator: any Authenticator, callNanosecondsMax: UInt64,
        admission: @escaping @Sendable (inout CallContext, MethodDescriptor) throws(RPCError) -> Void,
        ending: @escaping @Sendable (CallContext, MethodDescriptor, CallStatus) -> Void
    ) {
        self.methods = methods
        self.authenticator = authenticator
        self.callNanosecondsMax = callNanosecondsMax
        self.admission = admission
        self.ending = ending
        index = MethodIndex(methods.map(\.descriptor.fullName))
    }

    private static func pair(_ first: some Interceptor, _ second: some Interceptor) -> any Interceptor {
        first.then(second)
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
        do throws(RPCError) {
            try admission(&context, descriptor)
        } catch {
            throw error.asRefusal
        }
    }

    /// Runs an admitted call over its message's bytes; the answer leaves through the handle's sink, perhaps at once.
    public func run(_ context: CallContext, _ message: Span<UInt8>, _ call: CallHandle) {
        methods[context.method].start(message, context, call)
    }

    /// Tells the interceptors, last one first, how an admitted call ended.
    public func finished(_ context: CallContext, _ status: CallStatus) {
        ending(context, methods[context.method].descriptor, status)
    }

    /// What a call that was started, and whose answer isn't awaited any more, has to say about its outcome.
    public func outcomeWhenAbandoned(_ context: CallContext) -> Outcome {
        methods[context.method].descriptor.idempotency == .noSideEffects ? .none : .unknown
    }
}

/// Lets every call in.
private struct NoInterceptor: Interceptor {
    func admit(_ context: inout CallContext, _ method: MethodDescriptor) {}
}
