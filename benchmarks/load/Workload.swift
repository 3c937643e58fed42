import ArgumentParser
import RemitAPI
import RemitClient
import RemitRPC
import RemitWire

/// What is called again and again.
enum Workload: String, CaseIterable, Codable, ExpressibleByArgument, Sendable {
    /// 64 bytes there and back, through every interceptor.
    case echo
    /// One payment, every field read.
    case get
    /// A new payment with order, customer, key and three metadata entries.
    case create
    /// A new payment, charged at Stripe.
    case process
}

/// A workload's calls, with what they need made before.
struct WorkloadCalls: Sendable {
    let workload: Workload
    private let client: RemitClient
    private let run: String
    private let payment: String
    private let customer: String

    /// Makes a customer and a payment that the calls are about.
    init(_ workload: Workload, client: RemitClient) async throws {
        self.workload = workload
        self.client = client
        run = String(UInt64.random(in: .min ... .max), radix: 36)
        customer =
            try await CustomerServiceClient(client).createCustomer(
                .with {
                    $0.name = "Load"
                    $0.email = "load@example.com"
                }
            ).customer?.id ?? ""
        let calls = PaymentServiceClient(client)
        payment = try await calls.createPayment(Self.request(order: "\(run)-first", customer)).payment?.id ?? ""
    }

    /// One call; `index` is used once in a run.
    func call(_ index: Int) async throws(RPCError) {
        switch workload {
        case .echo:
            let payload = [UInt8](repeating: 7, count: 64)
            let answer = try await DiagnosticsServiceClient(client).echo(.with { $0.payload = payload })
            precondition(answer.payload == payload, "An echo came back changed.")
        case .get:
            let answer = try await PaymentServiceClient(client).getPayment(.with { $0.key = .id(payment) })
            precondition(answer.payment?.id == payment, "Another payment was answered.")
        case .create:
            let order = "\(run)-\(index)"
            let answer = try await PaymentServiceClient(client).createPayment(
                Self.request(order: order, customer), options: CallOptions(idempotencyKey: order))
            precondition(answer.payment?.orderId == order, "Another payment was answered.")
        case .process:
            let answer = try await PaymentServiceClient(client).processPayment(
                .with {
                    $0.orderId = "\(run)-\(index)"
                    $0.amount = 1_000
                    $0.currency = "usd"
                    $0.paymentMethod = "pm_card_visa"
                    $0.offSession = true
                })
            precondition(answer.payment?.stage == .captured, "A payment wasn't captured.")
        }
    }

    private static func request(order: String, _ customer: String) -> CreatePaymentRequest {
        .with {
            $0.amount = 1_000
            $0.currency = "usd"
            $0.orderId = order
            $0.customerId = customer
            $0.metadata = ["basket": "b-1", "channel": "web", "campaign": "spring"]
        }
    }
}
