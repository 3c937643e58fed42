package import RemitDomain
package import RemitRPC
package import RemitTenant

extension ReplySink: CallerDesk {
    package func begin(_ slot: UInt32, _ generation: UInt32) -> Bool {
        begin(CallID(slot: slot, generation: generation))
    }

    package func pause(_ slot: UInt32, _ generation: UInt32) -> Bool {
        pause(CallID(slot: slot, generation: generation))
    }

    package func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool {
        isOpen(CallID(slot: slot, generation: generation))
    }
}

extension Caller {
    /// A call of some door; `carriesNextAction`: whether the method's response has the field for it.
    package static func call(_ handle: CallHandle, carriesNextAction: Bool = false) -> Caller {
        Caller(
            desk: handle.sink, slot: handle.id.slot, generation: handle.id.generation,
            note: carriesNextAction ? 1 : 0)
    }

    /// The ingress, which answers a webhook's sender after the inbox's commit.
    package static func webhook(_ continuation: CheckedContinuation<Result<Void, PaymentError>, Never>) -> Caller {
        Caller(desk: WebhookDesk(continuation))
    }

    var carriesNextAction: Bool { note == 1 }
}

/// Where the sender of one webhook waits.
final class WebhookDesk: CallerDesk {
    private let continuation: CheckedContinuation<Result<Void, PaymentError>, Never>

    init(_ continuation: CheckedContinuation<Result<Void, PaymentError>, Never>) {
        self.continuation = continuation
    }

    func begin(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func pause(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    func isOpen(_ slot: UInt32, _ generation: UInt32) -> Bool { true }

    /// Tells the sender; once.
    func answer(_ result: DeliveryResult) {
        if case .refused(let error) = result {
            continuation.resume(returning: .failure(error))
        } else {
            continuation.resume(returning: .success(()))
        }
    }
}

extension TenantDoor {
    /// Hands a verified webhook to its tenant; returns once it is stored, or was already.
    package func accept(_ webhook: ReceivedWebhook, for tenant: TenantID) async throws(PaymentError) {
        let result = await withCheckedContinuation { continuation in
            submit(webhook, from: .webhook(continuation), to: tenant)
        }
        try result.get()
    }
}
