import ArgumentParser
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// The names of what is measured.
enum ScenarioName: String, CaseIterable, Sendable, ExpressibleByArgument {
    case echo, get, create
}

/// The calls of remit-load, over gRPC.
struct Calls: Sendable {
    let scenario: ScenarioName
    private let diagnostics: [Remit_V1_DiagnosticsService.Client<HTTP2ClientTransport.Posix>]
    private let payments: [Remit_V1_PaymentService.Client<HTTP2ClientTransport.Posix>]
    private let ids: [String]
    private let tenants: Int
    private let payload = Data((0..<214).map { UInt8($0) })
    /// Keeps order ids and keys of different runs apart.
    private let run = String(UInt64.random(in: .min ... .max), radix: 36)

    init(clients: [GRPCClient<HTTP2ClientTransport.Posix>], scenario: ScenarioName, ids: [String], tenants: Int) {
        self.scenario = scenario
        diagnostics = clients.map { Remit_V1_DiagnosticsService.Client(wrapping: $0) }
        payments = clients.map { Remit_V1_PaymentService.Client(wrapping: $0) }
        self.ids = ids
        self.tenants = tenants
    }

    /// Makes a call; `number` differs in every call of a run.
    func call(_ number: Int) async throws {
        switch scenario {
        case .echo: try await echo(number)
        case .get: try await get(number)
        case .create: _ = try await create(number)
        }
    }

    private func echo(_ number: Int) async throws {
        var request = Remit_V1_EchoRequest()
        request.payload = payload
        let response = try await diagnostics[number % diagnostics.count].echo(request)
        guard response.payload.count == payload.count else { throw WrongAnswer("the echo has another length") }
    }

    private func get(_ number: Int) async throws {
        let id = ids[number % ids.count]
        var request = Remit_V1_GetPaymentRequest()
        request.id = id
        let payment = try await payments[number % payments.count].getPayment(request).payment
        guard payment.id == id else { throw WrongAnswer("another payment came") }
        guard payment.bytesRead > id.utf8.count else { throw WrongAnswer("the payment is empty") }
    }

    func create(_ number: Int) async throws -> Remit_V1_Payment {
        var request = Remit_V1_CreatePaymentRequest()
        request.amount = 2_500
        request.currency = "usd"
        request.customerID = StoreSchema.customer
        request.orderID = "order-\(run)-\(number)"
        request.metadata = ["cart": "c-20931877", "channel": "web", "campaign": "autumn-newsletter"]
        var metadata: Metadata = [:]
        metadata.addString("key-\(run)-\(number)", forKey: Header.idempotencyKey)
        if tenants > 1 { metadata.addString("\(Self.tenant(of: number, among: tenants))", forKey: Header.tenant) }
        let response = try await payments[number % payments.count].createPayment(request, metadata: metadata)
        guard response.payment.orderID == request.orderID else { throw WrongAnswer("another payment came") }
        return response.payment
    }
}

extension Calls {
    /// A tenant by chance, each as likely as any other; the same for the same number.
    fileprivate static func tenant(of number: Int, among tenants: Int) -> Int {
        // The finalizer of SplitMix64 (Steele, Lea, Flood, 2014).
        var mixed = UInt64(number) &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(tenants))
    }
}

/// The server answered, but not what was asked for.
struct WrongAnswer: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "The answer is wrong: \(what)." }
}

extension Remit_V1_Payment {
    /// Reads every field; the sum keeps the compiler from leaving one out.
    @inline(never)
    fileprivate var bytesRead: Int {
        var sum = livemode ? 1 : 0
        sum &+= id.utf8.count &+ createdBy.utf8.count &+ currency.utf8.count
        sum &+= paymentMethod.utf8.count &+ customerID.utf8.count &+ invoiceID.utf8.count
        sum &+= subscriptionID.utf8.count &+ orderID.utf8.count &+ externalID.utf8.count
        sum &+= stripePaymentID.utf8.count &+ stripeChargeID.utf8.count &+ disputeReason.utf8.count
        sum &+= hold.utf8.count &+ account.utf8.count &+ description_p.utf8.count
        if hasFailure {
            sum &+= failure.code.utf8.count &+ failure.declineCode.utf8.count &+ failure.message.utf8.count
        }
        for number in [
            version, createdAtMs, updatedAtMs, deletedAtMs, amount, amountCapturable, amountCaptured, amountRefunded,
            amountDisputed,
        ] { sum &+= Int(number & 1) }
        sum &+= status.rawValue & 1 &+ stage.rawValue & 1 &+ captureMethod.rawValue & 1
        sum &+= disputeStatus.rawValue & 1 &+ type.rawValue & 1 &+ Int(attempt & 1)
        for (key, value) in metadata { sum &+= key.utf8.count &+ value.utf8.count }
        return sum
    }
}
