import RemitAPI
import RemitRPC
import RemitWire

/// A new payment, charged at once.
struct ProcessScenario: PaymentMaking {
    let tenants: [LoadTenant]
    let run: String
    /// Minor units.
    var amount: Int64 = 2_500

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var request = ProcessPaymentRequest()
        request.amount = amount
        request.currency = "usd"
        request.orderId = orderID(number)
        request.paymentMethod = "pm_card_visa"
        request.offSession = true
        request.metadata = .ofLoad
        return LoadCall(
            method: PaymentServiceMethods.processPayment, request: request,
            options: options(number, tenant: tenant))
    }

    func payment(in answer: Span<UInt8>, _ number: Int) throws(RPCError) -> Payment {
        let response: ProcessPaymentResponse = try decodeResponse(
            answer, of: PaymentServiceMethods.processPayment)
        guard let payment = response.payment, payment.orderId == orderID(number) else {
            throw .wrongAnswer("another payment came")
        }
        guard payment.status == .succeeded, payment.amountCaptured == amount else {
            throw .wrongAnswer("the payment didn't succeed")
        }
        return payment
    }
}
