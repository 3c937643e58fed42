import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant

/// Serves refunds.
struct Refunds<Directory: TenantDoor, Control: ControlSource>: RefundService {
    let core: ServiceCore<Directory, Control>

    func getRefund(_ request: GetRefundRequest, _ call: UnaryCall<GetRefundResponse>) {
        core.submit(call) { _ throws(PaymentError) in .refund(try RequestField.id(request.id)) }
    }
}
