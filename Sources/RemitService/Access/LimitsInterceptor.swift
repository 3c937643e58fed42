package import RemitRPC

/// Bounds the calls of a tenant that are admitted and not yet answered, so that one tenant can't fill the server.
package struct LimitsInterceptor: Interceptor {
    /// What a tenant runs at once; the tenant itself, which knows who waits, holds it.
    package static let runningMax = 256
    /// What may wait for another's result or for a lock beside that.
    package static let waitingMax = 4_096
    package static let admittedMax = runningMax + waitingMax
    /// A thousand calls a second leave a full tenant room for new ones about this soon.
    package static let retryAfterMilliseconds: UInt32 = 250

    /// Made once: a server that is full refuses more calls than it answers.
    private static let refusal = RPCError(
        .resourceExhausted, "Too many calls of this tenant are under way; retry with the same idempotency key.",
        reason: "tenant_busy", notProcessed: true, retryAfterMilliseconds: retryAfterMilliseconds)

    private let table: AccessTable
    private let admittedMax: Int

    package init(_ table: AccessTable, admittedMax: Int = Self.admittedMax) {
        self.table = table
        self.admittedMax = admittedMax
    }

    package func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError) {
        guard table.enter(context.scope, max: admittedMax) else { throw Self.refusal }
    }

    package func finished(_ context: CallContext, _ method: MethodDescriptor, _ status: CallStatus) {
        table.leave(context.scope)
    }
}
