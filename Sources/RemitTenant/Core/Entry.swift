package import RemitDomain
package import RemitStorage

/// What a tenant is told: by callers, by the processor, by its own timers.
package enum Entry: Sendable {
    case verb(VerbCall, Caller)
    case read(ReadCall, Caller)
    /// A webhook whose signature was verified.
    indirect case webhook(ReceivedWebhook, Caller)
    indirect case answered(OperationID, Answer)
    indirect case lookedUp(OperationID, LookedUp)
    indirect case fetched(DueFetch, Fetched)
}

/// What a tenant wants from the processor, outside of any transaction.
///
/// The answer comes back as an ``Entry``.
package enum ProcessorWork: Sendable {
    case send(OperationID, PreparedCall)
    case lookUp(OperationID, PreparedCall)
    case fetch(DueFetch)
}
