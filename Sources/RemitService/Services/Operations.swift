import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant

/// Serves operations; a principal sees its own alone.
struct Operations: OperationService {
    let core: ServiceCore

    func getOperation(_ request: GetOperationRequest, _ call: UnaryCall<GetOperationResponse>) {
        core.submit(call) { scope throws(PaymentError) in
            switch request.name {
            case .id(let text): return .operation(.id(try RequestField.id(text), scope.principal))
            case .idempotencyKey(let text):
                let key = try RequestField.idempotencyKey(text)
                guard let key else { throw .invalid("idempotency_key", "Give the key that you called with.") }
                return .operation(.key(key, scope.principal))
            case nil: throw .invalid("name", "Give one of id, idempotency_key.")
            }
        }
    }
}
