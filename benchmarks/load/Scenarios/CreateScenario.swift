import RemitAPI
import RemitRPC
import RemitWire

/// A new payment that isn't charged, with an order id, a customer, an idempotency key and three entries of metadata.
struct CreateScenario: PaymentMaking {
    let tenants: [LoadTenant]
    let run: String

    func call(_ number: Int, tenant: Int) -> LoadCall {
        var request = CreatePaymentRequest()
        request.orderId = orderID(number)
        request.amount = Self.amount(of: request.orderId)
        request.currency = "usd"
        request.customerId = tenants[tenant].customer
        request.metadata = .ofLoad
        return LoadCall(
            method: PaymentServiceMethods.createPayment, request: request,
            options: options(number, tenant: tenant))
    }

    func payment(in answer: Span<UInt8>, _ number: Int) throws(RPCError) -> Payment {
        let response: CreatePaymentResponse = try decodeResponse(
            answer, of: PaymentServiceMethods.createPayment)
        let orderID = orderID(number)
        guard let payment = response.payment, payment.orderId == orderID else {
            throw .wrongAnswer("another payment came")
        }
        guard payment.amount == Self.amount(of: orderID), payment.stage == .new, !payment.id.isEmpty else {
            throw .wrongAnswer("the payment isn't as it was asked for")
        }
        return payment
    }

    /// The number in an order id of this run; nil for others'.
    func number(ofOrder orderID: String) -> Int? {
        let prefix = "order-\(run)-"
        return orderID.hasPrefix(prefix) ? Int(orderID.dropFirst(prefix.count)) : nil
    }

    /// Minor units, 2,500 to 3,499: made from the order id, so that whoever reads the payment can tell a wrong one.
    static func amount(of orderID: String) -> Int64 {
        // FNV-1a: neighbours' amounts lie apart, so that a find by amount finds some of any hundred.
        let hash = orderID.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return 2_500 + Int64((hash >> 32) % 1_000)
    }
}

extension WireMap<String, String> {
    /// Three entries, as shops have them.
    static let ofLoad = WireMap([
        ("cart", "c-20931877"), ("channel", "web"), ("campaign", "autumn-newsletter"),
    ])
}
