import RemitDomain
import RemitTesting
import Testing

struct ControlSnapshotTests {
    private func tenant(_ id: String, named name: String, _ state: TenantState = .active) -> TenantRecord {
        TenantRecord(id: TenantID(id), name: name, state: state, createdAt: Fixture.start)
    }

    @Test func `a tenant is found by its id and by its name, as it is now`() {
        var snapshot = ControlSnapshot()
        #expect(snapshot.tenant("acme") == nil)
        snapshot.set(tenant("tenant_1", named: "acme"))
        snapshot.set(tenant("tenant_2", named: "other"))
        #expect(snapshot.tenant("acme")?.id.text == "tenant_1")
        #expect(snapshot.tenant("tenant_1")?.id.text == "tenant_1")
        #expect(snapshot.tenant("") == nil)
        snapshot.set(tenant("tenant_1", named: "acme", .suspended))
        #expect(snapshot.tenant("acme")?.state == .suspended)
        #expect(snapshot.tenants.count == 2)
    }

    @Test func `a name that a tenant gave up leads to it no more, and to who took it since`() {
        var snapshot = ControlSnapshot()
        snapshot.set(tenant("tenant_1", named: "acme"))
        snapshot.set(tenant("tenant_1", named: "renamed"))
        #expect(snapshot.tenant("acme") == nil)
        snapshot.set(tenant("tenant_2", named: "acme"))
        #expect(snapshot.tenant("acme")?.id.text == "tenant_2")
        snapshot.set(tenant("tenant_1", named: "again"))
        #expect(snapshot.tenant("acme")?.id.text == "tenant_2")
        #expect(snapshot.tenant("renamed") == nil)
    }
}
