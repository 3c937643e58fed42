import ArgumentParser
import RemitAPI
import RemitRPC
import RemitWire

/// The commands `remit refunds …`.
struct Refunds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read refunds.", subcommands: [Get.self])

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one refund.")

        @Argument(help: "The refund's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = GetRefundRequest()
                request.id = id
                let response = try await RefundServiceClient(channel).getRefund(
                    request, options: client.call(settings))
                try output.show(RefundView(response.refund ?? Refund()))
            }
        }
    }
}

/// The commands `remit operations …`.
struct Operations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read operations: what became of a call.", subcommands: [Get.self])

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one operation.")

        @Argument(help: "The operation's id.") var id: String?
        @Option(help: "Or: the idempotency key that it was called with.") var key: String?
        @OptionGroup var client: ClientOptions

        func validate() throws {
            guard (id == nil) != (key == nil) else { throw ValidationError("Name the operation: its id, or --key.") }
        }

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = GetOperationRequest()
                request.name = id.map { .id($0) } ?? key.map { .idempotencyKey($0) }
                let response = try await OperationServiceClient(channel).getOperation(
                    request, options: client.call(settings))
                try output.show(OperationView(response.operation ?? RemitAPI.Operation()))
            }
        }
    }
}

/// The commands `remit customers …`.
struct Customers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create and read customers.", subcommands: [Create.self, Get.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a customer, here and at Stripe.")

        @Option(help: "The customer's name.") var name: String
        @Option(help: "The customer's e-mail address.") var email: String
        @Option(help: "ISO 4217; what the customer pays in unless a payment says otherwise.") var currency: String = ""
        @OptionGroup var mutation: MutationOptions
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = CreateCustomerRequest()
                request.name = name
                request.email = email
                request.currency = currency
                let response = try await CustomerServiceClient(channel).createCustomer(
                    request, options: client.call(settings, key: mutation.key))
                try output.show(CustomerView(response.customer ?? Customer()))
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one customer.")

        @Argument(help: "The customer's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.connected { channel, settings, output in
                var request = GetCustomerRequest()
                request.key = .id(id)
                let response = try await CustomerServiceClient(channel).getCustomer(
                    request, options: client.call(settings))
                try output.show(CustomerView(response.customer ?? Customer()))
            }
        }
    }
}
