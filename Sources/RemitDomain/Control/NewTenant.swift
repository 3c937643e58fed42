/// A tenant to be made, parsed; secrets are in memory only and never described.
package struct NewTenant: Sendable {
    package var name: String
    package var defaultCurrency: Currency?
    /// The tenant's API secret at the processor; nil: calls that need it are refused.
    package var stripeSecretKey: String?
    /// The signing secret of its webhook endpoint; nil: webhooks are refused.
    package var webhookSecret: String?
    /// The id or name of a tenant whose principal may call this one too; nil: it gets a principal of its own.
    package var sharedWith: String?

    package init(
        name: String, defaultCurrency: Currency? = nil, stripeSecretKey: String? = nil, webhookSecret: String? = nil,
        sharedWith: String? = nil
    ) {
        self.name = name
        self.defaultCurrency = defaultCurrency
        self.stripeSecretKey = stripeSecretKey
        self.webhookSecret = webhookSecret
        self.sharedWith = sharedWith
    }
}

/// A tenant that was made, or was there already under the same request.
package struct CreatedTenant: Sendable {
    package var tenant: TenantRecord
    /// Shown once; nil on a replay, and for a tenant that shares another's principal.
    package var apiKey: String?

    package init(tenant: TenantRecord, apiKey: String?) {
        self.tenant = tenant
        self.apiKey = apiKey
    }
}
