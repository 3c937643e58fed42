import RemitAPI
import RemitClient
import RemitRPC
import RemitServer
import RemitStripeSimulator
import RemitWire
import Testing

@Suite struct BadInputTests {
    @Test(.timeLimit(.minutes(1)))
    func `bad requests are refused by name, and the server lives on`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            func create(_ change: (inout CreatePaymentRequest) -> Void) async -> RPCError? {
                var request = CreatePaymentRequest()
                request.amount = 100
                request.currency = "usd"
                change(&request)
                return await Self.refusal { () async throws(RPCError) in
                    _ = try await server.payments.createPayment(request)
                }
            }
            let negative = await create { $0.amount = -1 }
            #expect(negative?.code == .invalidArgument)
            #expect(negative?.field == "amount")
            let currency = await create { $0.currency = "zzz" }
            #expect(currency?.code == .invalidArgument)
            #expect(currency?.field == "currency")
            let unknown = await Self.refusal { () async throws(RPCError) in
                _ = try await server.payments.getPayment(.with { $0.key = .id("payment_01m7ysbark000krwyta5cf783g") })
            }
            #expect(unknown?.code == .notFound)
            let payment = try await server.process(order: "order-1", amount: 1_000)
            let overRefund = await Self.refusal { () async throws(RPCError) in
                _ = try await server.payments.refundPayment(
                    .with {
                        $0.id = payment.id
                        $0.amount = 1_001
                    })
            }
            #expect(overRefund?.code == .failedPrecondition || overRefund?.code == .invalidArgument)
            #expect(overRefund?.outcome == .some(.none))
            #expect(server.development.simulator?.paymentBooks(payment.id).refunded == 0)
            #expect(try await server.get(payment.id).amountRefunded == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a key with another request is refused, naming the field`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            _ = try await server.process(order: "order-1", amount: 1_000, key: "key-1")
            let error = await #expect(throws: RPCError.self) {
                try await server.process(order: "order-1", amount: 1_001, key: "key-1")
            }
            #expect(error?.reason == "idempotency_mismatch")
            #expect(error?.field == "amount")
            #expect(server.development.simulator?.books.summary().intents.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `another tenant's payment isn't there, and its tenant can't be named`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let payment = try await server.process(order: "order-1")
            let admin = try await server.admin()
            let other = try await TenantServiceClient(admin).createTenant(.with { $0.name = "other" })
            await admin.close()
            let stranger = try await server.client(apiKey: other.apiKey)
            let hidden = await Self.refusal { () async throws(RPCError) in
                _ = try await PaymentServiceClient(stranger).getPayment(.with { $0.key = .id(payment.id) })
            }
            #expect(hidden?.code == .notFound)
            let named = await Self.refusal { () async throws(RPCError) in
                _ = try await PaymentServiceClient(stranger).getPayment(
                    .with { $0.key = .id(payment.id) }, options: CallOptions(tenant: "dev"))
            }
            #expect(named?.code == .permissionDenied || named?.code == .notFound)
            let keyless = await Self.refusal { () async throws(RPCError) in
                _ = try await PaymentServiceClient(stranger).processPayment(
                    .with {
                        $0.orderId = "order-1"
                        $0.amount = 100
                        $0.currency = "usd"
                        $0.paymentMethod = "pm_card_visa"
                        $0.offSession = true
                    })
            }
            #expect(keyless?.reason == "stripe_not_configured")
            await stranger.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a wrong API key is refused, and a tenant's key calls no control method`() async throws {
        let folder = try TemporaryFolder()
        try await ServerHarness.run(in: folder.path) { server in
            let wrong = await #expect(throws: RPCError.self) {
                let client = try await server.client(apiKey: "remit_wrong")
                _ = try await PaymentServiceClient(client).getPayment(.with { $0.key = .orderId("order-1") })
            }
            #expect(wrong?.code == .unauthenticated)
            let control = await Self.refusal { () async throws(RPCError) in
                _ = try await TenantServiceClient(server.client).listTenants(ListTenantsRequest())
            }
            #expect(control?.code == .permissionDenied)
        }
    }

    /// The error that `body` ends with.
    static func refusal(_ body: () async throws(RPCError) -> Void) async -> RPCError? {
        do throws(RPCError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
