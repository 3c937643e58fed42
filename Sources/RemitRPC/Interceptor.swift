/// How a call ended, for interceptors.
public struct CallStatus: Sendable {
    /// The error that the caller is told; nil for a good answer.
    public var error: RPCError?
    /// Whether the answer is an earlier call's.
    public var replayed: Bool
    /// Nanoseconds from the request's arrival to its answer.
    public var nanoseconds: UInt64

    /// The status code.
    public var code: StatusCode { error?.code ?? .ok }

    /// A call that ended with `error`, or well, after `nanoseconds`.
    public init(error: RPCError? = nil, replayed: Bool = false, nanoseconds: UInt64 = 0) {
        self.error = error
        self.replayed = replayed
        self.nanoseconds = nanoseconds
    }
}

/// A pair of functions around each call; pairs stand side by side, none encloses another.
///
/// Both run where the door runs (an event loop), must not block, and are called from many threads.
public protocol Interceptor: Sendable {
    /// Lets the call in, perhaps completing its context, or refuses it; a refused call never ran.
    func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError)

    /// Told once about each call that this interceptor admitted, when its answer leaves.
    func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus)
}

extension Interceptor {
    /// Does nothing.
    public func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {}
}
