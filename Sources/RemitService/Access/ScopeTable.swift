/// The scopes by their places, and the gates of their tenants, read without a lock.
final class ScopeTable: Sendable {
    private let scopes = AppendOnlyTable<Scope?>()
    /// By the same places: where the scope's gate is, which is all that most calls need; 0: it has none.
    private let gatePlaces = AppendOnlyTable<UInt32>()
    private let gates = AppendOnlyTable<TenantGate>()

    init() {
        // Place 0 stands for no gate and no scope.
        _ = gates.append(TenantGate())
        _ = gatePlaces.append(0)
        _ = scopes.append(nil)
    }

    /// Appends a tenant's gate; its caller holds the lock of the table that it belongs to.
    func appendGate() -> UInt32 { gates.append(TenantGate()) }

    /// Appends a scope, and its tenant's gate if it has one; its caller holds the lock too.
    func append(_ scope: Scope, gate: UInt32?) -> UInt32 {
        // The gate first: a scope that is found has its gate.
        let place = gatePlaces.append(gate ?? 0)
        let same = scopes.append(scope)
        precondition(place == same, "Both tables grow together.")
        return place
    }

    func scope(at place: UInt32) -> Scope? {
        scopes.withElement(at: place) { copy $0 } ?? nil
    }

    /// Counts a call of the scope's tenant, if there is one; false when `max` are in already.
    func enter(_ place: UInt32, max: Int) -> Bool {
        guard let gate = gatePlaces.withElement(at: place, { copy $0 }), gate != 0 else { return true }
        return gates.withElement(at: gate) { $0.enter(max: max) } ?? true
    }

    /// Counts a call's end.
    func leave(_ place: UInt32) {
        guard let gate = gatePlaces.withElement(at: place, { copy $0 }), gate != 0 else { return }
        gates.withElement(at: gate) { $0.leave() }
    }

    /// Calls that are admitted for any tenant and not yet answered.
    var callsUnderWay: Int {
        (0..<UInt32(gates.count)).reduce(0) { $0 + (gates.withElement(at: $1) { $0.count } ?? 0) }
    }
}
