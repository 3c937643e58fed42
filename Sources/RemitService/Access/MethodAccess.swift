import RemitRPC

/// What a method's callers must be allowed.
enum MethodAccess: Int, Sendable {
    // The numbers are places of what a `CallOrigin` remembers: not more than it has.
    /// Concerns one tenant.
    case tenant
    /// Concerns all tenants: needs the scope `admin`.
    case control
    /// Concerns none, though it may name one.
    case anyone

    init(_ method: MethodDescriptor) {
        if method.fullName.hasPrefix("remit.v1.TenantService/") {
            self = .control
        } else if method.fullName.hasPrefix("remit.v1.DiagnosticsService/") {
            self = .anyone
        } else {
            self = .tenant
        }
    }
}
