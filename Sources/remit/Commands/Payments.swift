import ArgumentParser
import RemitAPI
import RemitRPC
import RemitWire

/// The commands `remit payments …`.
struct Payments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create, charge, capture, refund and read payments.",
        subcommands: [
            CreatePaymentCommand.self, ExecutePaymentCommand.self, ProcessPaymentCommand.self,
            CapturePaymentCommand.self, RefundPaymentCommand.self, GetPaymentCommand.self, PaymentHistoryCommand.self,
            FindPaymentsCommand.self,
        ])
}

/// What every mutation may say.
struct MutationOptions: ParsableArguments {
    @Option(help: "Idempotency key: the same call with the same key is carried out once.")
    var key: String?
}

/// What a new payment may say beside its amount.
struct NewPaymentOptions: ParsableArguments {
    @Option(help: "Minor units of the currency: 1000 usd is 10.00.")
    var amount: Int64

    @Option(help: "ISO 4217, three letters; without it the customer's or the tenant's.")
    var currency: String = ""

    @Option(help: "The customer's id here.")
    var customer: String = ""

    @Option(help: "automatic (at once) or manual (by `payments capture`).")
    var capture: CaptureOption = .automatic

    @Option(help: "Words for the statement of account.")
    var description: String = ""

    @Option(help: "key=value; may be repeated.")
    var metadata: [String] = []

    func metadataMap() throws -> WireMap<String, String> {
        var map = WireMap<String, String>()
        for entry in metadata {
            guard let equals = entry.firstIndex(of: "=") else {
                throw ValidationError("--metadata \(entry) is no key=value.")
            }
            map[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        return map
    }
}

enum CaptureOption: String, ExpressibleByArgument {
    case automatic, manual

    var value: CaptureMethod { self == .manual ? .manual : .automatic }
}

struct CreatePaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Record a payment without charging it.")

    @Option(help: "Your id for the order; unique, and by it the call is idempotent.")
    var order: String = ""
    @Option(help: "The payment method, such as pm_card_visa.")
    var method: String = ""
    @OptionGroup var new: NewPaymentOptions
    @OptionGroup var mutation: MutationOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = CreatePaymentRequest()
        request.orderId = order
        request.paymentMethod = method
        request.amount = new.amount
        request.currency = new.currency
        request.customerId = new.customer
        request.captureMethod = new.capture.value
        request.description = new.description
        request.metadata = try new.metadataMap()
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).createPayment(
                made, options: client.call(settings, key: mutation.key))
            try output.show(PaymentView(response.payment ?? Payment()))
        }
    }
}

struct ExecutePaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "execute", abstract: "Charge a recorded payment.")

    @Argument(help: "The payment's id.") var id: String
    @Option(help: "The payment method; without it the payment's own.") var method: String = ""
    @Option(help: "Where the customer returns to after authentication; without it the customer isn't asked.")
    var returnURL: String = ""
    @OptionGroup var mutation: MutationOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = ExecutePaymentRequest()
        request.id = id
        request.paymentMethod = method
        request.returnUrl = returnURL
        request.offSession = returnURL.isEmpty
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).executePayment(
                made, options: client.call(settings, key: mutation.key))
            try output.show(PaymentView(response.payment ?? Payment(), nextActionURL: response.nextActionUrl))
        }
    }
}

struct ProcessPaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process", abstract: "Record and charge a payment in one call, once per order.")

    @Option(help: "Your id for the order: by it the call is idempotent.") var order: String
    @Option(help: "The payment method, such as pm_card_visa.") var method: String = "pm_card_visa"
    @Option(help: "Where the customer returns to after authentication; without it the customer isn't asked.")
    var returnURL: String = ""
    @OptionGroup var new: NewPaymentOptions
    @OptionGroup var mutation: MutationOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = ProcessPaymentRequest()
        request.orderId = order
        request.paymentMethod = method
        request.returnUrl = returnURL
        request.offSession = returnURL.isEmpty
        request.amount = new.amount
        request.currency = new.currency
        request.customerId = new.customer
        request.captureMethod = new.capture.value
        request.description = new.description
        request.metadata = try new.metadataMap()
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).processPayment(
                made, options: client.call(settings, key: mutation.key))
            try output.show(PaymentView(response.payment ?? Payment(), nextActionURL: response.nextActionUrl))
        }
    }
}

struct CapturePaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Take an authorized payment's money, wholly or in part.")

    @Argument(help: "The payment's id.") var id: String
    @Option(help: "Minor units; without it all that is capturable.") var amount: Int64?
    @OptionGroup var mutation: MutationOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = CapturePaymentRequest()
        request.id = id
        request.amount = amount
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).capturePayment(
                made, options: client.call(settings, key: mutation.key))
            try output.show(PaymentView(response.payment ?? Payment()))
        }
    }
}

struct RefundPaymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Give a captured payment's money back, wholly or in part.")

    @Argument(help: "The payment's id.") var id: String
    @Option(help: "Minor units; without it all that is left.") var amount: Int64?
    @OptionGroup var mutation: MutationOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var request = RefundPaymentRequest()
        request.id = id
        request.amount = amount
        request.reason = .requestedByCustomer
        let made = request
        try await client.connected { channel, settings, output in
            let response = try await PaymentServiceClient(channel).refundPayment(
                made, options: client.call(settings, key: mutation.key))
            try output.show(RefundView(response.refund ?? Refund()))
        }
    }
}
