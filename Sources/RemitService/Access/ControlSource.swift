package import RemitDomain

/// What the service needs of the control plane.
package protocol ControlSource: Sendable {
    /// The snapshot's generation alone: compared by every call, so it must be cheap.
    var generation: UInt64 { get }

    /// Tenants, principals and keys as they are now, in memory.
    var snapshot: ControlSnapshot { get }

    /// The hash under which an API key is known.
    func hash(ofAPIKey text: String) -> APIKeyHash

    /// Makes a tenant; the same name with the same request gives the tenant that is there, without its key.
    func createTenant(
        _ tenant: NewTenant, by principal: PrincipalID, key: String?
    ) async throws(PaymentError) -> CreatedTenant
}
