import RemitAPI
import RemitRPC
import RemitWire

/// A refund of one cent of a captured payment, again and again.
struct RefundScenario: Scenario {
    let tenants: [LoadTenant]
    let run: String

    /// Minor units of the payments that are refunded: enough for as many refunds as anybody measures.
    static let paymentAmount: Int64 = 9_999_999

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var request = RefundPaymentRequest()
        request.id = id(number, tenant)
        request.amount = 1
        request.reason = .requestedByCustomer
        return LoadCall(
            method: PaymentServiceMethods.refundPayment, request: request,
            options: CallOptions(idempotencyKey: "refund-\(run)-\(number)", tenant: tenants[tenant].id))
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        let response: RefundPaymentResponse = try decodeResponse(
            answer, of: PaymentServiceMethods.refundPayment)
        guard let refund = response.refund, refund.paymentId == id(number, tenant), refund.amount == 1 else {
            throw .wrongAnswer("another refund came")
        }
        guard refund.status == .succeeded || refund.status == .pending else {
            throw .wrongAnswer("the refund didn't succeed")
        }
    }

    private func id(_ number: Int, _ tenant: Int) -> String {
        let ids = tenants[tenant].captured
        return ids[number % ids.count]
    }
}
