package import RemitDomain
package import RemitStripe

/// What the ingress needs to know of a tenant.
package struct WebhookEndpoint: Sendable {
    package var tenant: TenantID
    /// Signing secrets in force, two while one is being rotated; an empty one never matches.
    package var secrets: [StripeSecret]
    /// Whether the tenant's Stripe key is a live one.
    package var livemode: Bool
    /// Reads the body once its signature is known to be right.
    package var processor: any PaymentProcessor

    package init(tenant: TenantID, secrets: [StripeSecret], livemode: Bool, processor: any PaymentProcessor) {
        self.tenant = tenant
        self.secrets = secrets
        self.livemode = livemode
        self.processor = processor
    }
}

/// Whom a name in a webhook's address means.
package enum WebhookAddressee: Sendable {
    case endpoint(WebhookEndpoint)
    /// No tenant, or one without secrets.
    case nobody
    /// Perhaps one that isn't known here yet: Stripe is to send it again.
    case notKnownYet
}

/// What stands behind the ingress: finds a tenant's endpoint, takes what was verified, and says when it no longer can.
package protocol WebhookDesk: Sendable {
    /// Whom `name`, a tenant's id or name, means.
    func addressee(named name: String) -> WebhookAddressee

    /// Whether the server drains: webhooks then wait at Stripe, which sends them again.
    var isDraining: Bool { get }

    /// Returns when the webhook is in the tenant's inbox, committed, or was there already.
    @concurrent func store(_ webhook: ReceivedWebhook, for tenant: TenantID) async throws(PaymentError)
}
