import RemitAPI
import RemitRPC
import RemitWire

/// A payment by its id, one after the other.
struct GetScenario: Scenario {
    let tenants: [LoadTenant]

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var request = GetPaymentRequest()
        request.key = .id(id(number, tenant))
        return LoadCall(
            method: PaymentServiceMethods.getPayment, request: request,
            options: CallOptions(tenant: tenants[tenant].id))
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        let response: GetPaymentResponse = try decodeResponse(answer, of: PaymentServiceMethods.getPayment)
        let id = id(number, tenant)
        guard let payment = response.payment, payment.id == id else { throw .wrongAnswer("another payment came") }
        guard payment.amount == CreateScenario.amount(of: payment.orderId), payment.metadata.count == 3,
            payment.bytesRead > id.utf8.count
        else { throw .wrongAnswer("the payment isn't the one that was made") }
    }

    private func id(_ number: Int, _ tenant: Int) -> String {
        let ids = tenants[tenant].payments
        return ids[number % ids.count]
    }
}
