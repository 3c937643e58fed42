package import RemitDomain
package import RemitTenant

/// What the services need of the directory of tenants.
package protocol TenantDoor: Sendable {
    /// Never blocks; the answer comes through ``Answers/deliver(_:)``.
    func submit(_ call: VerbCall, from caller: Caller, to tenant: TenantID)

    /// Never blocks; the answer comes through ``Answers/deliver(_:)``.
    func submit(_ read: ReadCall, from caller: Caller, to tenant: TenantID)

    /// Calls that came together; never blocks; the answers come through ``Answers/deliver(_:)``.
    func submit(_ batch: CallBatch, to tenant: TenantID)

    /// Calls that came together, for several tenants; never blocks; the answers come through ``Answers/deliver(_:)``.
    func submit(_ batches: [(batch: CallBatch, tenant: TenantID)])

    /// Stores a verified webhook; accepted once it is committed.
    func submit(_ webhook: ReceivedWebhook, from caller: Caller, to tenant: TenantID)

    /// A page of payments, read beside the writer.
    func findPayments(_ query: PaymentQuery, in tenant: TenantID) async throws(PaymentError) -> PaymentPage

    /// A page of events, read beside the writer; OUT_OF_RANGE for a place that the tenant doesn't know.
    func events(_ query: EventQuery, in tenant: TenantID) async throws(PaymentError) -> EventPage

    /// Returns when the tenant has an event above `sequence`, or when the directory closes.
    ///
    /// Throws, or returns early, when the task is cancelled.
    func waitForEvent(after sequence: Int64, in tenant: TenantID) async throws
}
