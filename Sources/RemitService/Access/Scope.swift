package import RemitDomain
import Synchronization

/// Who calls, and for which tenant: what a call's ``RemitRPC/CallContext/scope`` points to.
package struct Scope: Sendable {
    package let principal: PrincipalID
    /// Nil for calls that concern no tenant.
    package let tenant: TenantID?
}

/// How many calls of one tenant are admitted and not yet answered.
struct TenantGate: ~Copyable, Sendable {
    private let admitted = Atomic<Int>(0)

    /// Lets a call in unless `max` are in already.
    func enter(max: Int) -> Bool {
        // Looked at first: where a tenant is full, most calls come for nothing, and counting costs them more.
        guard admitted.load(ordering: .relaxed) < max else { return false }
        guard admitted.wrappingAdd(1, ordering: .relaxed).newValue > max else { return true }
        admitted.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    func leave() {
        admitted.wrappingSubtract(1, ordering: .relaxed)
    }

    var count: Int { admitted.load(ordering: .relaxed) }
}
