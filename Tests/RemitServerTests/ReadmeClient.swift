// The README shows what stands between the marks; a test compares the two, and the build compiles it.

// README begins
import RemitAPI
import RemitClient
import RemitRPC

func charge(_ order: String, apiKey: String, authority: String) async throws(RPCError) -> Payment? {
    let client = try await RemitClient.connect(
        host: "localhost", port: 7443, authority: .file(authority), apiKey: apiKey)
    var request = ProcessPaymentRequest()
    request.orderId = order
    request.amount = 2_490  // minor units: 24.90
    request.currency = "EUR"
    request.paymentMethod = "pm_card_visa"
    request.returnUrl = "https://shop.example/done"
    let options = CallOptions(idempotencyKey: order)
    return try await PaymentServiceClient(client).processPayment(request, options: options).payment
}
// README ends
