import RemitAPI
import RemitDomain
import RemitRPC
import RemitTenant
import RemitTesting
import RemitWire
import Testing

/// Right requests reach the tenant as its verbs and reads, with their caller's key and digests.
struct RequestTests {
    private let bench = ServiceBench()

    init() {
        bench.directory.answersAlways(.entity(0..<0, nextActionURL: nil, replayed: false))
    }

    private func only<V: Verb>(_ type: V.Type) throws -> (verb: V, requester: Requester) {
        let call = try #require(bench.directory.verbs.last)
        return (try #require(call.verb as? V), call.requester)
    }

    @Test("a creation carries every field")
    func createPayment() async throws {
        let request = CreatePaymentRequest.with {
            $0.amount = 999_999_999_999
            $0.currency = "EUR"
            $0.customerId = "customer_1"
            $0.orderId = "4242424242424242"
            $0.externalId = "gateway-7"
            $0.paymentMethod = "pm_1"
            $0.captureMethod = .manual
            $0.type = .recurring
            $0.description = "Line 1\nLine 2"
            $0.metadata = ["plan": "pro", "seat": "7"]
        }
        _ = try await bench.payments().createPayment(request, options: CallOptions(idempotencyKey: "k-1"))
        let (verb, requester) = try only(CreatePayment.self)
        #expect(verb.amount == 999_999_999_999)
        #expect(verb.currency == .eur)
        #expect(verb.customer == CustomerID("customer_1"))
        #expect(verb.orderID == "4242424242424242", "ids are exempt from the search for card numbers")
        #expect(verb.externalID == "gateway-7")
        #expect(verb.paymentMethod == "pm_1")
        #expect(verb.captureMethod == .manual)
        #expect(verb.type == .recurring)
        #expect(verb.description == "Line 1\nLine 2")
        #expect(verb.metadata == Metadata([("plan", "pro"), ("seat", "7")]))
        #expect(requester.key == "k-1")
        #expect(requester.principal == PrincipalID("principal_ours"))
        #expect(
            requester.digests.map(\.field) == [
                "amount", "currency", "customer_id", "order_id", "external_id", "payment_method", "capture_method",
                "type", "description", "metadata",
            ])
        #expect(bench.directory.entries.last?.tenant == FixedControl.ours)
    }

    @Test("what isn't given is nil or the default, and has no digest")
    func minimal() async throws {
        _ = try await bench.payments().createPayment(.with { $0.amount = 1 })
        let (verb, requester) = try only(CreatePayment.self)
        #expect(verb.currency == nil && verb.customer == nil && verb.orderID == nil && verb.externalID == nil)
        #expect(verb.paymentMethod == nil && verb.description == nil && verb.metadata.entries.isEmpty)
        #expect(verb.captureMethod == .automatic && verb.type == .oneTime)
        #expect(requester.key == nil)
        #expect(requester.digests.map(\.field) == ["amount"])
    }

    @Test("a process carries every field")
    func processPayment() async throws {
        var request = ProcessPaymentRequest.valid
        request.customerId = "customer_1"
        request.captureMethod = .manual
        request.offSession = true
        request.type = .recurring
        request.description = "July"
        request.metadata["a"] = "b"
        _ = try await bench.payments().processPayment(request)
        let (verb, requester) = try only(ProcessPayment.self)
        #expect(verb.orderID == "order-1" && verb.amount == 4_900 && verb.currency == .usd)
        #expect(verb.customer == CustomerID("customer_1") && verb.paymentMethod == "pm_card_visa")
        #expect(verb.captureMethod == .manual && verb.offSession && verb.type == .recurring)
        #expect(verb.returnURL == "https://shop.example/return" && verb.description == "July")
        #expect(verb.metadata["a"] == "b")
        #expect(requester.key == nil, "the order's own key is the tenant's business")
        #expect(requester.digests.count == 11)
    }

    @Test("an execution keeps an unspecified capture method apart from automatic")
    func executePayment() async throws {
        _ = try await bench.payments().executePayment(.valid)
        var (verb, requester) = try only(ExecutePayment.self)
        #expect(verb.payment == PaymentID("payment_1") && verb.captureMethod == nil && verb.offSession)
        #expect(verb.returnURL == nil && verb.paymentMethod == nil && verb.expectedVersion == nil)
        #expect(requester.digests.map(\.field) == ["id", "off_session"])
        var request = ExecutePaymentRequest.valid
        request.captureMethod = .automatic
        request.expectedVersion = 3
        request.paymentMethod = "pm_2"
        request.returnUrl = "http://localhost/return"
        _ = try await bench.payments().executePayment(request)
        (verb, requester) = try only(ExecutePayment.self)
        #expect(verb.captureMethod == .automatic && verb.expectedVersion == 3 && verb.paymentMethod == "pm_2")
        #expect(verb.returnURL == "http://localhost/return")
    }

    @Test("capture and refund tell an absent amount from a given one")
    func amounts() async throws {
        _ = try await bench.payments().capturePayment(.valid)
        #expect(try only(CapturePayment.self).verb.amount == nil)
        var capture = CapturePaymentRequest.valid
        capture.amount = 100
        capture.expectedVersion = 2
        _ = try await bench.payments().capturePayment(capture)
        #expect(try only(CapturePayment.self).verb.amount == 100)
        #expect(try only(CapturePayment.self).verb.expectedVersion == 2)
        _ = try await bench.payments().refundPayment(.valid)
        #expect(try only(RefundPayment.self).verb.amount == nil)
        #expect(try only(RefundPayment.self).verb.reason == .none)
        var refund = RefundPaymentRequest.valid
        refund.amount = 50
        refund.reason = .fraudulent
        _ = try await bench.payments().refundPayment(refund)
        #expect(try only(RefundPayment.self).verb.amount == 50)
        #expect(try only(RefundPayment.self).verb.reason == .fraudulent)
    }

    @Test("a customer carries every field")
    func createCustomer() async throws {
        let request = CreateCustomerRequest.with {
            $0.name = "Ada Lovelace"
            $0.email = "ada@example.com"
            $0.organization = "org-1"
            $0.contact = "contact-1"
            $0.paymentMethod = "pm_1"
            $0.currency = "gbp"
            $0.taxExempt = .reverse
            $0.metadata["tier"] = "gold"
        }
        _ = try await CustomerServiceClient(bench.channel()).createCustomer(request)
        let (verb, requester) = try only(CreateCustomer.self)
        #expect(verb.name == "Ada Lovelace" && verb.email == "ada@example.com")
        #expect(verb.organization == "org-1" && verb.contact == "contact-1" && verb.paymentMethod == "pm_1")
        #expect(verb.currency == .gbp && verb.taxExempt == .reverse && verb.metadata["tier"] == "gold")
        #expect(requester.digests.count == 8)
    }

    @Test("another spelling of the same request has the same digests; another request names the field")
    func digests() async throws {
        var request = ProcessPaymentRequest.valid
        request.metadata = ["a": "1", "b": "2"]
        _ = try await bench.payments().processPayment(request)
        let first = try only(ProcessPayment.self).requester.digests
        request.currency = "USD"
        request.captureMethod = .automatic
        request.type = .oneTime
        request.metadata = ["b": "2", "a": "1"]
        _ = try await bench.payments().processPayment(request)
        #expect(try only(ProcessPayment.self).requester.digests == first)
        request.description = "other"
        _ = try await bench.payments().processPayment(request)
        let other = try only(ProcessPayment.self).requester.digests
        #expect(FieldDigest.mismatch(between: first, and: other) == "description")
    }

    @Test("reads name what they read")
    func reads() async throws {
        let payments = try bench.payments()
        _ = try await payments.getPayment(.with { $0.key = .id("payment_1") })
        _ = try await payments.getPayment(.with { $0.key = .orderId("order-1") })
        _ = try await payments.getPayment(.with { $0.key = .stripePaymentId("pi_1") })
        _ = try await RefundServiceClient(bench.channel()).getRefund(.with { $0.id = "refund_1" })
        let customers = CustomerServiceClient(try bench.channel())
        _ = try await customers.getCustomer(.with { $0.key = .id("customer_1") })
        _ = try await customers.getCustomer(.with { $0.key = .stripeCustomerId("cus_1") })
        let operations = OperationServiceClient(try bench.channel())
        _ = try await operations.getOperation(.with { $0.name = .id("operation_1") })
        _ = try await operations.getOperation(.with { $0.name = .idempotencyKey("k") })
        _ = try await payments.listPaymentHistory(
            .with {
                $0.id = "payment_1"
                $0.afterOrdinal = 5
            })
        let principal = PrincipalID("principal_ours")
        let expected: [ReadCall] = [
            .payment(.id(PaymentID("payment_1"))), .payment(.order("order-1")), .payment(.stripe("pi_1")),
            .refund(RefundID("refund_1")), .customer(.id(CustomerID("customer_1"))), .customer(.stripe("cus_1")),
            .operation(.id(OperationID("operation_1"), principal)), .operation(.key("k", principal)),
            .history(PaymentID("payment_1"), after: 5, limit: 100),
        ]
        #expect(bench.directory.reads.map { "\($0)" } == expected.map { "\($0)" })
    }

    @Test("a card number is found in free text, never in an id")
    func exemptions() async throws {
        var request = ProcessPaymentRequest.valid
        request.orderId = "4242424242424242"
        _ = try await bench.payments().processPayment(request, options: CallOptions(idempotencyKey: "4242424242424242"))
        #expect(try only(ProcessPayment.self).verb.orderID == "4242424242424242")
    }
}
