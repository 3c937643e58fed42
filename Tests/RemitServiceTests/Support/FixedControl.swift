import RemitDomain
import RemitService
import RemitTesting
import Synchronization

/// A control plane in memory that a test changes as it likes; each change raises the generation.
final class FixedControl: ControlSource {
    private struct State {
        var snapshot: ControlSnapshot
        var created: [NewTenant] = []
        var refusal: PaymentError?
    }

    static let ours = TenantID("tenant_ours")
    static let theirs = TenantID("tenant_theirs")
    static let second = TenantID("tenant_second")

    private let state: Mutex<State>

    /// `ours` belongs to key-ours, `theirs` to key-theirs, both `ours` and `second` to key-both; key-admin administers.
    init() {
        var snapshot = ControlSnapshot(generation: 1)
        for (id, name) in [(Self.ours, "ours"), (Self.theirs, "theirs"), (Self.second, "second")] {
            snapshot.set(TenantRecord(id: id, name: name, state: .active, createdAt: Fixture.start))
        }
        let principals: [(String, Bool, Set<TenantID>)] = [
            ("ours", false, [Self.ours]), ("theirs", false, [Self.theirs]), ("both", false, [Self.ours, Self.second]),
            ("admin", true, []),
        ]
        for (name, isAdmin, tenants) in principals {
            let id = PrincipalID("principal_\(name)")
            snapshot.principals[id] = PrincipalRecord(id: id, name: name, isAdmin: isAdmin, tenants: tenants)
            snapshot.keys[Self.hash("key-\(name)")] = id
        }
        state = Mutex(State(snapshot: snapshot))
    }

    var generation: UInt64 { state.withLock { $0.snapshot.generation } }
    var snapshot: ControlSnapshot { state.withLock { $0.snapshot } }
    var created: [NewTenant] { state.withLock { $0.created } }

    func change(_ body: (inout ControlSnapshot) -> Void) {
        state.withLock {
            body(&$0.snapshot)
            $0.snapshot.generation += 1
        }
    }

    func refuse(with refusal: PaymentError) {
        state.withLock { $0.refusal = refusal }
    }

    static func hash(_ text: String) -> APIKeyHash { APIKeyHash(bytes: Array(text.utf8)) }

    func hash(ofAPIKey text: String) -> APIKeyHash { Self.hash(text) }

    func createTenant(
        _ tenant: NewTenant, by principal: PrincipalID, key: String?
    ) async throws(PaymentError) -> CreatedTenant {
        let result = state.withLock { state -> Result<CreatedTenant, PaymentError> in
            if let refusal = state.refusal { return .failure(refusal) }
            state.created.append(tenant)
            let record = TenantRecord(
                id: TenantID("tenant_\(tenant.name)"), name: tenant.name, state: .active,
                defaultCurrency: tenant.defaultCurrency, stripeConfigured: tenant.stripeSecretKey != nil,
                webhookConfigured: tenant.webhookSecret != nil, createdAt: Fixture.start)
            let isReplay = state.created.count { $0.name == tenant.name } > 1
            return .success(CreatedTenant(tenant: record, apiKey: isReplay ? nil : "shown-once"))
        }
        return try result.get()
    }
}

extension ControlSnapshot {
    /// Gives a tenant that is there another state.
    mutating func setState(_ state: TenantState, of tenant: TenantID) {
        guard var record = tenants[tenant] else { return }
        record.state = state
        set(record)
    }
}
