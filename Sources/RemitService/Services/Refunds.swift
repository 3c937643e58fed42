import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant

/// Serves refunds.
struct Refunds: RefundService {
    let core: ServiceCore

    func getRefund(_ request: GetRefundRequest, _ call: UnaryCall<GetRefundResponse>) {
        core.submit(call) { _ throws(PaymentError) in .refund(try RequestField.id(request.id)) }
    }
}
