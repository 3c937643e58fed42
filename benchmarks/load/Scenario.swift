import ArgumentParser
import RemitAPI
import RemitClient
import RemitRPC
import RemitWire

/// The names of what is measured.
enum ScenarioName: String, CaseIterable, Sendable, ExpressibleByArgument, CustomStringConvertible {
    case echo, get, create, process

    var description: String { rawValue }
}

/// A call that is made again and again.
protocol Scenario: Sendable {
    /// Makes the call; `number` differs in every call of a run.
    @concurrent func call(_ number: Int) async throws(RPCError)
}

/// 214 bytes, as long as a usual payment, there and back.
struct EchoScenario: Scenario {
    let client: DiagnosticsServiceClient<RemitClient>
    let payload = (0..<214).map { UInt8($0) }

    @concurrent func call(_ number: Int) async throws(RPCError) {
        var request = EchoRequest()
        request.payload = payload
        let response = try await client.echo(request)
        guard response.payload.count == payload.count else { throw .wrongAnswer("the echo has another length") }
    }
}

/// A payment by its id, one after the other.
struct GetScenario: Scenario {
    let client: PaymentServiceClient<RemitClient>
    let ids: [String]

    @concurrent func call(_ number: Int) async throws(RPCError) {
        let id = ids[number % ids.count]
        var request = GetPaymentRequest()
        request.key = .id(id)
        let response = try await client.getPayment(request)
        guard let payment = response.payment, payment.id == id else { throw .wrongAnswer("another payment came") }
        guard payment.bytesRead > id.utf8.count else { throw .wrongAnswer("the payment is empty") }
    }
}

/// A new payment that isn't charged.
struct CreateScenario: Scenario {
    let client: PaymentServiceClient<RemitClient>
    let customer: String
    /// Keeps order ids and keys of different runs apart.
    let run: String

    @concurrent func call(_ number: Int) async throws(RPCError) {
        _ = try await create(number)
    }

    func create(_ number: Int) async throws(RPCError) -> Payment {
        var request = CreatePaymentRequest()
        request.amount = 2_500
        request.currency = "usd"
        request.customerId = customer
        request.orderId = "order-\(run)-\(number)"
        request.metadata = .ofLoad
        let response = try await client.createPayment(
            request, options: CallOptions(idempotencyKey: "key-\(run)-\(number)"))
        guard let payment = response.payment, payment.orderId == request.orderId else {
            throw .wrongAnswer("another payment came")
        }
        return payment
    }
}

/// A new payment, charged at once.
struct ProcessScenario: Scenario {
    let client: PaymentServiceClient<RemitClient>
    let run: String

    @concurrent func call(_ number: Int) async throws(RPCError) {
        var request = ProcessPaymentRequest()
        request.amount = 2_500
        request.currency = "usd"
        request.orderId = "order-\(run)-\(number)"
        request.paymentMethod = "pm_card_visa"
        request.offSession = true
        request.metadata = .ofLoad
        let response = try await client.processPayment(
            request, options: CallOptions(idempotencyKey: "key-\(run)-\(number)"))
        guard response.payment?.status == .succeeded else { throw .wrongAnswer("the payment didn't succeed") }
    }
}

extension WireMap<String, String> {
    /// Three entries, as shops have them.
    static let ofLoad = WireMap([
        ("cart", "c-20931877"), ("channel", "web"), ("campaign", "autumn-newsletter"),
    ])
}

extension RPCError {
    /// The server answered, but not what was asked for.
    static func wrongAnswer(_ what: String) -> RPCError {
        RPCError(.internal, "The answer is wrong: \(what).", reason: "wrong_answer")
    }
}
