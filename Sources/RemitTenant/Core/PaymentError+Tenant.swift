import RemitDomain
import RemitStorage

extension PaymentError {
    /// The store can't do it now; what was asked for wasn't written.
    static let storageUnavailable = PaymentError(
        .unavailable, reason: "storage_unavailable",
        message: "The tenant's store can't serve this now, nothing was executed; retry with the same idempotency key.",
        notProcessed: true, retryAfterMilliseconds: 1_000)

    /// A page was given up, so that others get their turn.
    static let pageOutOfTime = PaymentError(
        .resourceExhausted, reason: "page_out_of_time",
        message: "Reading this page took longer than \(TenantReader.pageMillisecondsMax) ms; narrow the filter or ask"
            + " for fewer at a time, then retry.", notProcessed: true, retryAfterMilliseconds: 1_000)

    /// Every open tenant is busy, and this one isn't open.
    static let tooManyOpenTenants = PaymentError(
        .resourceExhausted, reason: "too_many_open_tenants",
        message: "All tenants that are open are busy; retry later with the same idempotency key.", notProcessed: true,
        retryAfterMilliseconds: 1_000)

    /// A place that the event sequence doesn't have.
    static let unknownCursor = PaymentError(
        .outOfRange, reason: "unknown_cursor",
        message: "This place isn't in the tenant's event sequence; start over from sequence 0.",
        field: "selection.after",
        notProcessed: true)

    /// The control file can't do it now.
    static let controlUnavailable = PaymentError(
        .unavailable, reason: "control_unavailable",
        message: "The control database can't serve this now; retry with the same name.", notProcessed: true,
        retryAfterMilliseconds: 1_000)
}
