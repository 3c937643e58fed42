import RemitAPI
import RemitDomain
import RemitRPC

extension RemitAPI.Operation {
    init(_ operation: RemitDomain.Operation) {
        self.init()
        id = operation.id.text
        method = operation.method.fullName
        state = .init(rawValue: Int32(operation.state.rawValue))
        outcome = RemitAPI.OperationOutcome(operation)
        refusal = operation.refusal?.reason ?? ""
        entityId = operation.entity
        replySequence = operation.replySequence ?? 0
        createdAtMs = operation.createdAt.milliseconds
        firstSentAtMs = operation.firstSent?.milliseconds ?? 0
        lastSentAtMs = operation.lastSent?.milliseconds ?? 0
    }
}

extension RemitAPI.OperationOutcome {
    /// `none` says that nothing was executed: that is known only once the operation is finished.
    fileprivate init(_ operation: RemitDomain.Operation) {
        switch operation.outcome {
        case .none: self = operation.state == .finished ? .none : .unspecified
        case .failure: self = .failure
        case .unknown: self = .unknown
        case .success: self = .unspecified
        }
    }
}

extension OperationMethod {
    /// The method of the contract that this verb is.
    var fullName: String {
        switch self {
        case .createPayment: PaymentServiceMethods.createPayment.fullName
        case .executePayment: PaymentServiceMethods.executePayment.fullName
        case .processPayment: PaymentServiceMethods.processPayment.fullName
        case .capturePayment: PaymentServiceMethods.capturePayment.fullName
        case .refundPayment: PaymentServiceMethods.refundPayment.fullName
        case .createCustomer: CustomerServiceMethods.createCustomer.fullName
        case .createTenant: TenantServiceMethods.createTenant.fullName
        }
    }
}
