// The README shows what stands between the marks; a test compares the two, and the build compiles it.

// README begins
import RemitAPI
import RemitRPC

func charge(_ order: String, over channel: some ClientChannel) async throws(RPCError) -> PaymentStatus? {
    var request = ProcessPaymentRequest()
    request.orderId = order
    request.amount = 2_490  // minor units: 24.90
    request.currency = "EUR"
    request.paymentMethod = "pm_card_visa"
    request.returnUrl = "https://shop.example/done"
    let payments = PaymentServiceClient(channel)
    return try await payments.processPayment(request, options: CallOptions(idempotencyKey: order)).payment?.status
}
// README ends
