package import RemitRPC

/// Gives each call its scope: who calls, and for which tenant.
///
/// Nothing else makes a tenant's id out of a request.
package struct TenancyInterceptor: Interceptor {
    private let table: AccessTable
    /// By the method's place in the router.
    private let accesses: [MethodAccess]

    /// An interceptor for a router of `methods`, in its order.
    package init(_ table: AccessTable, methods: [Method]) {
        self.table = table
        accesses = methods.map { MethodAccess($0.descriptor) }
    }

    package func admit(_ context: inout CallContext, _ method: MethodDescriptor) throws(RPCError) {
        context.scope = try table.resolve(context.origin, accesses[context.method])
    }
}
