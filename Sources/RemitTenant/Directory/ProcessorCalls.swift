package import RemitDomain
import RemitStorage

/// Runs tenants' calls to the processor, outside of any transaction and off the storage threads.
struct ProcessorCalls: Sendable {
    let reached: @Sendable (CrashPoint) -> Void

    /// Starts one call; its answer arrives as an entry.
    ///
    /// A tenant without a processor is answered as one out of reach.
    func start(
        _ work: ProcessorWork, with processor: (any PaymentProcessor)?,
        _ done: @escaping @Sendable (Entry) -> Void
    ) {
        let reached = reached
        // Unstructured: phase 2 outlives its caller's cancellation and deadline; the operation's budget bounds it.
        Task {
            switch work {
            case .send(let operation, let call):
                let answer = await processor?.send(call) ?? Answer(.noAnswer)
                reached(.afterProcessorEffect)
                done(.answered(operation, answer))
            case .lookUp(let operation, let call):
                done(.lookedUp(operation, await processor?.lookUp(call) ?? .unavailable))
            case .fetch(let due):
                done(.fetched(due, await processor?.fetch(due.object) ?? .unavailable))
            }
        }
    }
}

/// Knows each tenant's processor; nil where the tenant has no key there.
package protocol ProcessorSource: Sendable {
    func processor(for tenant: TenantID) -> (any PaymentProcessor)?
}
