import RemitAPI
import RemitWire

/// A customer as commands show it.
struct CustomerView: Viewed {
    var id: String
    var version: Int64
    var name: String
    var email: String
    var organization: String
    var paymentMethod: String
    var currency: String
    var stripeCustomerId: String
    var metadata: [String: String]
    var createdAtMs: Int64

    init(_ customer: Customer) {
        id = customer.id
        version = customer.version
        name = customer.name
        email = customer.email
        organization = customer.organization
        paymentMethod = customer.paymentMethod
        currency = customer.currency
        stripeCustomerId = customer.stripeCustomerId
        metadata = Dictionary(customer.metadata.map { ($0.key, $0.value) }) { $1 }
        createdAtMs = customer.createdAtMs
    }

    var lines: [String] {
        var table = Table("customer", id)
        table.add("name", name)
        table.add("email", email)
        if !organization.isEmpty { table.add("organization", organization) }
        if !currency.isEmpty { table.add("currency", currency) }
        if !stripeCustomerId.isEmpty { table.add("at Stripe", stripeCustomerId) }
        table.add("created", timeText(createdAtMs))
        return table.lines
    }
}

/// An operation as commands show it.
struct OperationView: Viewed {
    var id: String
    var method: String
    var state: String
    var outcome: String
    var refusal: String
    var entityId: String
    var replySequence: Int64
    var createdAtMs: Int64
    var firstSentAtMs: Int64
    var lastSentAtMs: Int64

    init(_ operation: RemitAPI.Operation) {
        id = operation.id
        method = operation.method
        state = operation.state.text(dropping: "OPERATION_STATE_")
        outcome = operation.outcome.text(dropping: "OPERATION_OUTCOME_")
        refusal = operation.refusal
        entityId = operation.entityId
        replySequence = operation.replySequence
        createdAtMs = operation.createdAtMs
        firstSentAtMs = operation.firstSentAtMs
        lastSentAtMs = operation.lastSentAtMs
    }

    var lines: [String] {
        var table = Table("operation", id)
        table.add("method", method)
        table.add("state", state)
        table.add("outcome", outcome)
        if !refusal.isEmpty { table.add("refusal", refusal) }
        if !entityId.isEmpty { table.add("entity", entityId) }
        if replySequence > 0 { table.add("event", "#\(replySequence)") }
        table.add("created", timeText(createdAtMs))
        return table.lines
    }
}

/// A tenant as commands show it.
struct TenantView: Viewed {
    var id: String
    var name: String
    var state: String
    var defaultCurrency: String
    var stripeConfigured: Bool
    var webhookConfigured: Bool
    var createdAtMs: Int64
    /// Shown once, by the call that made it.
    var apiKey: String?

    init(_ tenant: Tenant, apiKey: String? = nil) {
        id = tenant.id
        name = tenant.name
        state = tenant.state.text(dropping: "TENANT_STATE_")
        defaultCurrency = tenant.defaultCurrency
        stripeConfigured = tenant.stripeConfigured
        webhookConfigured = tenant.webhookConfigured
        createdAtMs = tenant.createdAtMs
        self.apiKey = apiKey
    }

    var lines: [String] {
        var table = Table("tenant", id)
        table.add("name", name)
        table.add("state", state)
        if !defaultCurrency.isEmpty { table.add("currency", defaultCurrency) }
        table.add("Stripe key", stripeConfigured ? "sealed" : "none: calls that need Stripe are refused")
        table.add("webhooks", webhookConfigured ? "/webhooks/stripe/\(id)" : "none: no signing secret")
        if let apiKey {
            table.add("API key", apiKey.isEmpty ? "was shown when the tenant was made" : apiKey)
        }
        return table.lines
    }
}

/// A page of tenants.
struct TenantListView: Viewed {
    var tenants: [TenantView]
    var nextPageToken: String

    var lines: [String] {
        var table = Table("TENANT", "NAME", "STATE", "CURRENCY", "STRIPE", "CREATED")
        for tenant in tenants {
            table.add(
                tenant.id, tenant.name, tenant.state, tenant.defaultCurrency, tenant.stripeConfigured ? "yes" : "no",
                timeText(tenant.createdAtMs))
        }
        return table.lines + (nextPageToken.isEmpty ? [] : ["More: --page-token \(nextPageToken)"])
    }
}

/// An event as commands show it.
struct EventView: Viewed {
    var id: String
    var sequence: Int64
    var type: String
    var entityType: String
    var entityId: String
    var verb: String
    var actor: String
    var operationId: String
    var stripeEventId: String
    var atMs: Int64
    /// The cursor after this event, for `--after`.
    var cursor: String

    init(_ event: Event, cursor: String = "") {
        id = event.id
        sequence = event.sequence
        type = event.type
        entityType = event.entityType
        entityId = event.entityId
        verb = event.verb
        actor = event.actor
        operationId = event.operationId
        stripeEventId = event.stripeEventId
        atMs = event.atMs
        self.cursor = cursor
    }

    var lines: [String] { ["#\(sequence)  \(timeText(atMs))  \(type)  \(entityId)  by \(actor)"] }
}

/// A page of events.
struct EventListView: Viewed {
    var events: [EventView]
    /// For `--after`: what comes after this page.
    var next: String
    var hasMore: Bool

    var lines: [String] {
        var table = Table("#", "AT", "EVENT", "OF", "BY")
        for event in events {
            table.add("\(event.sequence)", timeText(event.atMs), event.type, event.entityId, event.actor)
        }
        return table.lines + (hasMore ? ["More: --after \(next)"] : [])
    }
}
