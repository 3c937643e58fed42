import RemitAPI
import RemitClient
import RemitRPC
import RemitWire

/// Calls of a server in this process, one after the other, and what the server's threads allocate for each.
///
/// One at a time: nothing of a read, a write or a commit is shared with another call, which makes these figures upper
/// bounds that don't depend on how fast anything is.
struct AllocationPaths {
    /// So many that the timers beside them don't count.
    private static let calls = 500
    /// The least of so many: what happens once, such as a checkpoint, isn't in it.
    private static let rounds = 4
    /// More than a tenant keeps as they were read, so that each is looked up.
    private static let payments = 24

    let client: RemitClient
    let count: AllocationCount
    let customer: String

    static func run(certificate: String, key: String) async throws {
        let count = try AllocationCount()
        let server = try await GuardedServer.start(certificate: certificate, key: key)
        let client = try await RemitClient.connect(
            host: "127.0.0.1", port: server.port, authority: .file(certificate), apiKey: server.apiKey,
            serverName: "localhost")
        let customer = try await CustomerServiceClient(client).createCustomer(
            .with {
                $0.name = "Ada"
                $0.email = "ada@example.com"
            })
        let paths = AllocationPaths(client: client, count: count, customer: customer.customer?.id ?? "")
        try await paths.run()
        await client.close()
        await server.close()
    }

    private func run() async throws {
        let echo = EchoRequest.with { $0.payload = (0..<214).map { UInt8($0) } }
        try await measure("echo", DiagnosticsServiceMethods.echo) { _ in (echo, CallOptions()) }
        try await measure("create", PaymentServiceMethods.createPayment) { number in
            let request = creation(ofOrder: "order-\(100_000 + number)")
            return (request, CallOptions(idempotencyKey: "key-guards-\(100_000 + number)"))
        }
        var gets: [GetPaymentRequest] = []
        for number in 0..<Self.payments {
            let creation = creation(ofOrder: "order-to-get-\(number)")
            let payment = try await PaymentServiceClient(client).createPayment(creation).payment
            gets.append(.with { $0.key = .id(payment?.id ?? "") })
        }
        let all = gets
        try await measure("get", PaymentServiceMethods.getPayment) { (all[$0 % all.count], CallOptions()) }
        try await measure("get-again", PaymentServiceMethods.getPayment) { _ in (all[0], CallOptions()) }
    }

    private func creation(ofOrder order: String) -> CreatePaymentRequest {
        .with {
            $0.orderId = order
            $0.amount = 2_500
            $0.currency = "usd"
            $0.customerId = customer
            $0.metadata = .ofGuards
        }
    }

    private func measure<Request: Message>(
        _ name: String, _ method: MethodDescriptor, _ call: @escaping @Sendable (Int) -> (Request, CallOptions)
    ) async throws {
        var least = UInt64.max
        for round in 0...Self.rounds {
            let caller = CallsInTurn(client: client, method: method, first: round * Self.calls, count: Self.calls, call)
            let allocations = try await caller.run(count)
            // The first round is the warm-up.
            if round > 0 { least = min(least, allocations) }
        }
        let tenths = (least * 10 + UInt64(Self.calls) / 2) / UInt64(Self.calls)
        RemitGuards.tell("allocations.\(name)", "\(tenths / 10).\(tenths % 10)")
    }
}
