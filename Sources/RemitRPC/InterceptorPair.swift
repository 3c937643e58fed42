/// Two interceptors as one, the first one first: what a router of many is built from, so that a call meets all of them
/// without a table of existentials.
public struct InterceptorPair<First: Interceptor, Second: Interceptor>: Interceptor {
    @usableFromInline let first: First
    @usableFromInline let second: Second

    /// The pair of `first` and `second`.
    @inlinable
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    /// Asks the first, then the second; tells the first when the second refuses.
    @inlinable
    public func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError) {
        try first.admit(&context, method)
        do throws(RPCError) {
            try second.admit(&context, method)
        } catch {
            let refusal = error.asRefusal
            first.finished(context, method, CallStatus(error: refusal))
            throw refusal
        }
    }

    /// Tells the second, then the first.
    @inlinable
    public func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        second.finished(context, method, status)
        first.finished(context, method, status)
    }
}

extension Interceptor {
    /// This interceptor, followed by `next`.
    @inlinable
    public func then<Next: Interceptor>(_ next: Next) -> InterceptorPair<Self, Next> { InterceptorPair(self, next) }
}

extension RPCError {
    /// The error as an interceptor's: the call never ran.
    @usableFromInline
    var asRefusal: RPCError {
        guard outcome != .none || !notProcessed else { return self }
        var refusal = self
        refusal.outcome = .none
        refusal.notProcessed = true
        return refusal
    }
}
