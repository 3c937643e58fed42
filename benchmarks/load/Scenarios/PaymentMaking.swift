import RemitAPI
import RemitClient
import RemitRPC

/// Calls of which each makes a payment, under an order id and an idempotency key of the run's.
protocol PaymentMaking: Scenario {
    var tenants: [LoadTenant] { get }
    /// Keeps order ids and keys of different runs apart.
    var run: String { get }
    /// The payment that the call of this number made.
    func payment(in answer: Span<UInt8>, _ number: Int) throws(RPCError) -> Payment
}

extension PaymentMaking {
    func orderID(_ number: Int) -> String { "order-\(run)-\(number)" }

    func options(_ number: Int, tenant: Int) -> CallOptions {
        CallOptions(idempotencyKey: "key-\(run)-\(number)", tenant: tenants[tenant].id)
    }

    func check(_ answer: Span<UInt8>, _ info: ResponseInfo, to number: Int, tenant: Int) throws(RPCError) {
        _ = try payment(in: answer, number)
    }
}
