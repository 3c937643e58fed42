import RemitAPI
import RemitDomain

extension RemitAPI.Tenant {
    init(_ tenant: TenantRecord) {
        self.init()
        id = tenant.id.text
        name = tenant.name
        state = .init(rawValue: Int32(tenant.state.rawValue))
        defaultCurrency = tenant.defaultCurrency?.code ?? ""
        stripeConfigured = tenant.stripeConfigured
        webhookConfigured = tenant.webhookConfigured
        createdAtMs = tenant.createdAt.milliseconds
    }
}
