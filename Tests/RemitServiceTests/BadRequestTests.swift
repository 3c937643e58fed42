import RemitAPI
import RemitDomain
import RemitRPC
import RemitTesting
import RemitWire
import Testing

/// Each wrong field of each request is refused by name, before any tenant hears of it.
struct BadRequestTests {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let call: @Sendable (InProcessChannel) async throws -> Void

        init(_ field: String, _ why: String, _ call: @escaping @Sendable (InProcessChannel) async throws -> Void) {
            testDescription = "\(field): \(why)"
            self.field = field
            self.call = call
        }
    }

    private static let long = String(repeating: "x", count: 600)
    private static let card = "4242 4242 4242 4242"

    private static func create(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout CreatePaymentRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = CreatePaymentRequest.valid
            spoil(&request)
            _ = try await PaymentServiceClient(channel).createPayment(request)
        }
    }

    private static func process(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout ProcessPaymentRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = ProcessPaymentRequest.valid
            spoil(&request)
            _ = try await PaymentServiceClient(channel).processPayment(request)
        }
    }

    private static func execute(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout ExecutePaymentRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = ExecutePaymentRequest.valid
            spoil(&request)
            _ = try await PaymentServiceClient(channel).executePayment(request)
        }
    }

    private static func capture(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout CapturePaymentRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = CapturePaymentRequest.valid
            spoil(&request)
            _ = try await PaymentServiceClient(channel).capturePayment(request)
        }
    }

    private static func refund(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout RefundPaymentRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = RefundPaymentRequest.valid
            spoil(&request)
            _ = try await PaymentServiceClient(channel).refundPayment(request)
        }
    }

    private static func customer(
        _ field: String, _ why: String, _ spoil: @escaping @Sendable (inout CreateCustomerRequest) -> Void
    ) -> Wrong {
        Wrong(field, why) { channel in
            var request = CreateCustomerRequest.valid
            spoil(&request)
            _ = try await CustomerServiceClient(channel).createCustomer(request)
        }
    }

    static let creations: [Wrong] = [
        create("amount", "0") { $0.amount = 0 },
        create("amount", "negative") { $0.amount = -1 },
        create("amount", "too large") { $0.amount = 1_000_000_000_000 },
        create("currency", "unknown") { $0.currency = "xxx" },
        create("currency", "too long") { $0.currency = "dollars" },
        create("customer_id", "too long") { $0.customerId = long },
        create("order_id", "too long") { $0.orderId = long },
        create("order_id", "control character") { $0.orderId = "a\u{0}b" },
        create("external_id", "too long") { $0.externalId = long },
        create("payment_method", "too long") { $0.paymentMethod = long },
        create("payment_method", "a card number") { $0.paymentMethod = "4242424242424242" },
        create("capture_method", "unknown number") { $0.captureMethod = .init(rawValue: 9) },
        create("type", "unknown number") { $0.type = .init(rawValue: 9) },
        create("description", "too long") { $0.description = long },
        create("description", "a card number") { $0.description = "card \(card) please" },
        create("metadata", "too many entries") {
            for index in 0...50 { $0.metadata["key\(index)"] = "value" }
        },
        create("metadata", "empty key") { $0.metadata[""] = "value" },
        create("metadata", "long key") { $0.metadata[String(repeating: "k", count: 41)] = "value" },
        create("metadata", "long value") { $0.metadata["key"] = long },
        create("metadata", "a card number") { $0.metadata["note"] = card },
    ]

    static let charges: [Wrong] = [
        process("order_id", "missing") { $0.orderId = "" },
        process("order_id", "too long") { $0.orderId = long },
        process("amount", "negative") { $0.amount = -4_900 },
        process("currency", "unknown") { $0.currency = "zzz" },
        process("customer_id", "too long") { $0.customerId = long },
        process("payment_method", "missing") { $0.paymentMethod = "" },
        process("payment_method", "a card number") { $0.paymentMethod = "4242-4242-4242-4242" },
        process("capture_method", "unknown number") { $0.captureMethod = .init(rawValue: -1) },
        process("return_url", "missing, on session") { $0.returnUrl = "" },
        process("return_url", "no URL") { $0.returnUrl = "shop" },
        process("type", "unknown number") { $0.type = .init(rawValue: 3) },
        process("description", "a card number") { $0.description = card },
        process("metadata", "a card number") { $0.metadata["pan"] = card },
        execute("id", "missing") { $0.id = "" },
        execute("id", "too long") { $0.id = long },
        execute("expected_version", "0") { $0.expectedVersion = 0 },
        execute("payment_method", "a card number") { $0.paymentMethod = "378282246310005" },
        execute("return_url", "missing, on session") { $0.offSession = false },
        execute("return_url", "a space") { $0.returnUrl = "https://shop.example/a b" },
        execute("capture_method", "unknown number") { $0.captureMethod = .init(rawValue: 7) },
        capture("id", "missing") { $0.id = "" },
        capture("expected_version", "negative") { $0.expectedVersion = -1 },
        capture("amount", "0") { $0.amount = 0 },
        refund("id", "missing") { $0.id = "" },
        refund("expected_version", "0") { $0.expectedVersion = 0 },
        refund("amount", "negative") { $0.amount = -1 },
        refund("reason", "unknown number") { $0.reason = .init(rawValue: 12) },
        customer("name", "missing") { $0.name = "" },
        customer("name", "too long") { $0.name = long },
        customer("name", "a card number") { $0.name = card },
        customer("email", "missing") { $0.email = "" },
        customer("email", "no @") { $0.email = "ada.example.com" },
        customer("organization", "too long") { $0.organization = long },
        customer("contact", "too long") { $0.contact = long },
        customer("payment_method", "a card number") { $0.paymentMethod = "4242424242424242" },
        customer("currency", "unknown") { $0.currency = "abc" },
        customer("tax_exempt", "unknown number") { $0.taxExempt = .init(rawValue: 4) },
        customer("metadata", "a card number") { $0.metadata["card"] = card },
    ]

    static let reads: [Wrong] = [
        Wrong("key", "missing") { _ = try await PaymentServiceClient($0).getPayment(.init()) },
        Wrong("id", "empty") { channel in
            _ = try await PaymentServiceClient(channel).getPayment(.with { $0.key = .id("") })
        },
        Wrong("order_id", "empty") { channel in
            _ = try await PaymentServiceClient(channel).getPayment(.with { $0.key = .orderId("") })
        },
        Wrong("stripe_payment_id", "too long") { channel in
            _ = try await PaymentServiceClient(channel).getPayment(.with { $0.key = .stripePaymentId(long) })
        },
        Wrong("id", "missing") { _ = try await PaymentServiceClient($0).listPaymentHistory(.init()) },
        Wrong("after_ordinal", "negative") { channel in
            let request = ListPaymentHistoryRequest.with {
                $0.id = "payment_1"
                $0.afterOrdinal = -1
            }
            _ = try await PaymentServiceClient(channel).listPaymentHistory(request)
        },
        Wrong("page_size", "too large") { channel in
            let request = ListPaymentHistoryRequest.with {
                $0.id = "payment_1"
                $0.pageSize = 101
            }
            _ = try await PaymentServiceClient(channel).listPaymentHistory(request)
        },
        Wrong("id", "empty refund") { _ = try await RefundServiceClient($0).getRefund(.init()) },
        Wrong("key", "no customer") { _ = try await CustomerServiceClient($0).getCustomer(.init()) },
        Wrong("stripe_customer_id", "empty") { channel in
            _ = try await CustomerServiceClient(channel).getCustomer(.with { $0.key = .stripeCustomerId("") })
        },
        Wrong("name", "no operation") { _ = try await OperationServiceClient($0).getOperation(.init()) },
        Wrong("idempotency_key", "empty") { channel in
            _ = try await OperationServiceClient(channel).getOperation(.with { $0.name = .idempotencyKey("") })
        },
        Wrong("page_size", "negative") { channel in
            _ = try await EventServiceClient(channel).listEvents(.with { $0.pageSize = -1 })
        },
        Wrong("selection.types", "unknown") { channel in
            let selection = EventSelection.with { $0.types = ["payment.exploded"] }
            _ = try await EventServiceClient(channel).listEvents(.with { $0.selection = selection })
        },
        Wrong("selection.types", "too many") { channel in
            let selection = EventSelection.with { $0.types = Array(repeating: "payment.captured", count: 65) }
            _ = try await EventServiceClient(channel).listEvents(.with { $0.selection = selection })
        },
        Wrong("selection.after", "negative") { channel in
            let selection = EventSelection.with { $0.after = .with { $0.sequence = -1 } }
            _ = try await EventServiceClient(channel).listEvents(.with { $0.selection = selection })
        },
        Wrong("selection.entity_id", "too long") { channel in
            let selection = EventSelection.with { $0.entityId = long }
            let stream = try await EventServiceClient(channel).subscribeEvents(.with { $0.selection = selection })
            for try await _ in stream {}
        },
        Wrong("payload", "too large") { channel in
            let payload = [UInt8](repeating: 0, count: (1 << 20) + 1)
            _ = try await DiagnosticsServiceClient(channel).echo(.with { $0.payload = payload })
        },
    ]

    @Test("a wrong field is refused by its name, and no tenant is asked", arguments: creations + charges + reads)
    func refuses(_ wrong: Wrong) async throws {
        let bench = ServiceBench()
        let channel = try bench.channel()
        let error = try await refusal { try await wrong.call(channel) }
        #expect(error.code == .invalidArgument)
        #expect(error.field == wrong.field)
        #expect(error.notProcessed)
        #expect(error.outcome == .none)
        #expect(error.message.hasSuffix(".") && error.message.count > 10)
        #expect(!error.message.contains("4242"))
        #expect(bench.directory.entries.isEmpty)
    }

    @Test("a wrong idempotency key is refused", arguments: [String(repeating: "k", count: 256), "a\nb"])
    func refusesKey(_ key: String) async throws {
        let bench = ServiceBench()
        let payments = try bench.payments()
        let error = try await refusal {
            try await payments.createPayment(.valid, options: CallOptions(idempotencyKey: key))
        }
        #expect(error.code == .invalidArgument)
        #expect(error.field == "idempotency_key")
        #expect(bench.directory.entries.isEmpty)
    }

    @Test("bytes that are no message are refused")
    func refusesGarbage() async throws {
        let bench = ServiceBench()
        let channel = try bench.channel()
        let error = try await refusal {
            try await channel.unary(PaymentServiceMethods.createPayment, request: [0x0A, 0xFF], options: .init())
        }
        #expect(error.code == .invalidArgument)
        #expect(error.reason == "malformed_message")
    }

    private static let badNames = ["", "Big", "1st", "-a", "a b", "ä", String(repeating: "a", count: 64)]

    @Test("a tenant's name that can't stand in a URL is refused", arguments: badNames)
    func refusesTenantName(_ name: String) async throws {
        let bench = ServiceBench()
        let tenants = try bench.tenants()
        let error = try await refusal { try await tenants.createTenant(.with { $0.name = name }) }
        #expect(error.code == .invalidArgument)
        #expect(error.field == "name")
        #expect(bench.control.created.isEmpty)
    }

    @Test("a tenant's wrong secret or currency is refused without being repeated")
    func refusesTenantSecrets() async throws {
        let bench = ServiceBench()
        let tenants = try bench.tenants()
        let wrong: [(String, CreateTenantRequest)] = [
            ("stripe_secret_key", .with { $0.stripeSecretKey = "sk_secret with space" }),
            ("webhook_secret", .with { $0.webhookSecret = "whsec_secret\n" }),
            ("default_currency", .with { $0.defaultCurrency = "secret" }),
        ]
        for (field, request) in wrong {
            var request = request
            request.name = "acme"
            let error = try await refusal { try await tenants.createTenant(request) }
            #expect(error.field == field)
            #expect(!error.message.contains("secret with") && !error.message.contains("whsec_secret"))
        }
        #expect(bench.control.created.isEmpty)
    }
}
