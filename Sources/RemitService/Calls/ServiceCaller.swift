package import RemitDomain
package import RemitRPC
import RemitTenant

/// Who waits for a tenant's answer: a call of some door, or the sender of a webhook.
package enum ServiceCaller: TenantCaller {
    /// `carriesNextAction`: whether the method's response has the field for it.
    case call(CallHandle, carriesNextAction: Bool = false)
    /// The ingress, which answers its sender after the inbox's commit.
    case webhook(CheckedContinuation<Result<Void, PaymentError>, Never>)

    package func begin() -> Bool {
        switch self {
        case .call(let handle, _): handle.begin()
        case .webhook: true
        }
    }

    package func pause() -> Bool {
        switch self {
        case .call(let handle, _): handle.pause()
        case .webhook: true
        }
    }

    package var isOpen: Bool {
        switch self {
        case .call(let handle, _): handle.isOpen
        case .webhook: true
        }
    }
}

extension TenantDoor {
    /// Hands a verified webhook to its tenant; returns once it is stored, or was already.
    package func accept(webhook body: [UInt8], for tenant: TenantID) async throws(PaymentError) {
        let result = await withCheckedContinuation { continuation in
            submit(webhook: body, from: .webhook(continuation), to: tenant)
        }
        try result.get()
    }
}
