import RemitDomain
import RemitHTTP
import RemitService
import RemitStorage
import RemitStripe
import RemitTenant
import Synchronization

/// The tenants as the webhook ingress sees them.
final class TenantWebhooks: WebhookDesk {
    private let control: ControlPlane
    private let processors: any ProcessorSource
    private let directory: Server.Directory
    private let draining = Atomic<Bool>(false)

    init(control: ControlPlane, processors: any ProcessorSource, directory: Server.Directory) {
        self.control = control
        self.processors = processors
        self.directory = directory
    }

    var isDraining: Bool { draining.load(ordering: .acquiring) }

    func drain() { draining.store(true, ordering: .releasing) }

    func addressee(named name: String) -> WebhookAddressee {
        // Asked first: what is read after it was said may be newer, never older.
        let mayLack = control.mayLackChanges
        if let endpoint = endpoint(named: name) { return .endpoint(endpoint) }
        return mayLack ? .notKnownYet : .nobody
    }

    private func endpoint(named name: String) -> WebhookEndpoint? {
        // A suspended tenant's webhooks are kept for the day on which it goes on.
        guard let tenant = control.snapshot.tenant(name), tenant.state == .active || tenant.state == .suspended,
            let secrets = control.secrets(of: tenant.id), !secrets.webhookSecrets.isEmpty,
            let account = secrets.accounts.first(where: \.isCurrent),
            let processor = processors.processor(for: tenant.id)
        else { return nil }
        return WebhookEndpoint(
            tenant: tenant.id, secrets: secrets.webhookSecrets.map { StripeSecret($0) }, livemode: account.livemode,
            processor: processor)
    }

    @concurrent func store(_ webhook: ReceivedWebhook, for tenant: TenantID) async throws(PaymentError) {
        try await directory.accept(webhook, for: tenant)
    }
}
