import RemitAPI
import RemitDomain
import RemitService
import RemitTesting
import RemitWire
import Testing

/// Stored bytes are a promise: they change only with the version.
struct MessageEncoderTests {
    /// A payment whose every field is set.
    private static var payment: RemitDomain.Payment {
        var payment = Fixture.payment("payment_golden", amount: 12_345, currency: .eur)
        payment.version = 7
        payment.updatedAt = Fixture.start + 1_500
        payment.deletedAt = Fixture.start + 2_000
        payment.stage = .captured
        payment.paymentMethod = "pm_golden"
        payment.customer = CustomerID("customer_golden")
        payment.invoice = "invoice_golden"
        payment.subscription = "subscription_golden"
        payment.orderID = "order-1"
        payment.externalID = "external-1"
        payment.stripePaymentID = "pi_golden"
        payment.stripeChargeID = "ch_golden"
        payment.captureMethod = .manual
        payment.amountCapturable = 1
        payment.amountCaptured = 12_345
        payment.amountRefunded = 345
        payment.amountDisputed = 45
        payment.disputeStatus = .underReview
        payment.disputeReason = "fraudulent"
        payment.failure = PaymentFailure(code: "card_declined", declineCode: "do_not_honor", message: "Declined.")
        payment.type = .recurring
        payment.attempt = 3
        payment.hold = "amount_mismatch"
        payment.account = "acct_golden"
        payment.livemode = true
        payment.metadata = Metadata([("b", "2"), ("a", "1")])
        payment.description = "Twelve"
        return payment
    }

    private static var refund: RemitDomain.Refund {
        var refund = Fixture.refund("refund_golden", amount: 345)
        refund.version = 2
        refund.updatedAt = Fixture.start + 10
        refund.reason = .requestedByCustomer
        refund.status = .failed
        refund.stripeRefundID = "re_golden"
        refund.failureReason = "lost_or_stolen_card"
        return refund
    }

    private static var customer: RemitDomain.Customer {
        var customer = Customer(
            id: CustomerID("customer_golden"), name: "Ada", email: "ada@example.com", createdAt: Fixture.start,
            createdBy: Fixture.principal)
        customer.version = 4
        customer.updatedAt = Fixture.start + 20
        customer.deletedAt = Fixture.start + 30
        customer.organization = "org-1"
        customer.contact = "contact-1"
        customer.stripeCustomerID = "cus_golden"
        customer.paymentMethod = "pm_golden"
        customer.currency = .gbp
        customer.taxExempt = .exempt
        customer.metadata = Metadata([("tier", "gold")])
        customer.account = "acct_golden"
        customer.livemode = true
        return customer
    }

    /// By version: add a row when the version is raised, never change one.
    private static let golden: [Int64: [String]] = [
        1: [
            """
            0a0e7061796d656e745f676f6c64656e10071880d0eab6b73320dcdbeab6b7332a0e7072696e636970616c5f74657374\
            30d0dfeab6b73338b96042036575724804500b5a09706d5f676f6c64656e620f637573746f6d65725f676f6c64656e6a\
            0e696e766f6963655f676f6c64656e7213737562736372697074696f6e5f676f6c64656e7a076f726465722d3182010a\
            65787465726e616c2d318a010970695f676f6c64656e92010963685f676f6c64656e980102a00101a801b960b001d902\
            b8012dc00103ca010a6672617564756c656e74d201280a0d636172645f6465636c696e6564120c646f5f6e6f745f686f\
            6e6f721a094465636c696e65642ed80102e00103ea010f616d6f756e745f6d69736d61746368f2010b616363745f676f\
            6c64656ef801018202060a01621201328202060a01611201318a02065477656c7665
            """,
            """
            0a0d726566756e645f676f6c64656e10021880d0eab6b733208ad0eab6b7332a0e7072696e636970616c5f7465737432\
            0c7061796d656e745f7465737438d9024203757364480350065a0972655f676f6c64656e62136c6f73745f6f725f7374\
            6f6c656e5f63617264
            """,
            """
            0a0f637573746f6d65725f676f6c64656e10041880d0eab6b7332094d0eab6b7332a0e7072696e636970616c5f746573\
            74309ed0eab6b7333a03416461420f616461406578616d706c652e636f6d4a056f72672d315209636f6e746163742d31\
            5a0a6375735f676f6c64656e6209706d5f676f6c64656e6a0367627070027a0c0a04746965721204676f6c6482010b61\
            6363745f676f6c64656e880101
            """,
        ]
    ]

    @Test("an entity's bytes are those of the encoder's version; when they change, raise the version")
    func golden() throws {
        let expected = try #require(Self.golden[MessageEncoder.version])
        let actual = [
            MessageEncoder.encode(Self.payment), MessageEncoder.encode(Self.refund),
            MessageEncoder.encode(Self.customer),
        ]
        #expect(actual.map(Self.hex) == expected)
    }

    @Test("a payment's message has every field of the payment")
    func paymentFields() throws {
        let payment = Self.payment
        let message = try RemitAPI.Payment(decoding: MessageEncoder.encode(payment))
        #expect(message.id == "payment_golden" && message.version == 7)
        #expect(message.createdAtMs == Fixture.start.milliseconds && message.createdBy == Fixture.principal.text)
        #expect(message.updatedAtMs == payment.updatedAt.milliseconds)
        #expect(message.deletedAtMs == payment.deletedAt?.milliseconds)
        #expect(message.amount == 12_345 && message.currency == "eur")
        #expect(message.status == .partiallyRefunded && message.stage == .captured)
        #expect(message.paymentMethod == "pm_golden" && message.customerId == "customer_golden")
        #expect(message.invoiceId == "invoice_golden" && message.subscriptionId == "subscription_golden")
        #expect(message.orderId == "order-1" && message.externalId == "external-1")
        #expect(message.stripePaymentId == "pi_golden" && message.stripeChargeId == "ch_golden")
        #expect(message.captureMethod == .manual && message.type == .recurring && message.attempt == 3)
        #expect(message.amountCapturable == 1 && message.amountCaptured == 12_345)
        #expect(message.amountRefunded == 345 && message.amountDisputed == 45)
        #expect(message.disputeStatus == .underReview && message.disputeReason == "fraudulent")
        #expect(message.failure?.code == "card_declined" && message.failure?.declineCode == "do_not_honor")
        #expect(message.failure?.message == "Declined." && message.hold == "amount_mismatch")
        #expect(message.account == "acct_golden" && message.livemode && message.description == "Twelve")
        #expect(message.metadata == ["b": "2", "a": "1"] && message.metadata.keys == ["b", "a"])
        #expect(message.unknownFields.isEmpty)
    }

    @Test("refund and customer keep every field")
    func otherFields() throws {
        let refund = try RemitAPI.Refund(decoding: MessageEncoder.encode(Self.refund))
        #expect(refund.id == "refund_golden" && refund.version == 2 && refund.paymentId == "payment_test")
        #expect(refund.amount == 345 && refund.currency == "usd" && refund.reason == .requestedByCustomer)
        #expect(refund.status == .failed && refund.stripeRefundId == "re_golden")
        #expect(refund.failureReason == "lost_or_stolen_card" && refund.createdBy == Fixture.principal.text)
        let customer = try RemitAPI.Customer(decoding: MessageEncoder.encode(Self.customer))
        #expect(customer.id == "customer_golden" && customer.version == 4 && customer.name == "Ada")
        #expect(customer.email == "ada@example.com" && customer.organization == "org-1")
        #expect(customer.contact == "contact-1" && customer.stripeCustomerId == "cus_golden")
        #expect(customer.paymentMethod == "pm_golden" && customer.currency == "gbp")
        #expect(customer.taxExempt == .exempt && customer.metadata["tier"] == "gold")
        #expect(customer.account == "acct_golden" && customer.livemode && customer.deletedAtMs != nil)
    }

    @Test("what isn't set takes no bytes")
    func minimal() throws {
        let message = try RemitAPI.Payment(decoding: MessageEncoder.encode(Fixture.payment()))
        #expect(message.deletedAtMs == nil && message.failure == nil)
        #expect(message.customerId.isEmpty && message.metadata.isEmpty)
        #expect(message.status == .pending && message.stage == .new)
    }

    @Test("the domain's numbers are the contract's, name by name")
    func numbers() {
        func same<Ours: RawRepresentable<Int64>, Theirs: ProtoEnum>(_ ours: [Ours], _ theirs: Theirs.Type) {
            for value in ours { #expect(Theirs(rawValue: Int32(value.rawValue)).label == "\(value)") }
            let named = Theirs.allCases.filter { $0.rawValue != 0 }.count
            #expect(ours.filter { $0.rawValue != 0 }.count == named, "\(Theirs.self)")
        }
        same(RemitDomain.PaymentStage.allCases, RemitAPI.PaymentStage.self)
        same(RemitDomain.PaymentStatus.allCases, RemitAPI.PaymentStatus.self)
        same(RemitDomain.RefundStatus.allCases, RemitAPI.RefundStatus.self)
        same([RemitDomain.CaptureMethod.automatic, .manual], RemitAPI.CaptureMethod.self)
        same([RemitDomain.PaymentType.oneTime, .recurring], RemitAPI.PaymentType.self)
        same(
            [PaymentDisputeStatus.inquiry, .open, .underReview, .won, .lost], RemitAPI.DisputeStatus.self)
        same([RemitDomain.RefundReason.duplicate, .fraudulent, .requestedByCustomer], RemitAPI.RefundReason.self)
        same([RemitDomain.TaxExempt.none, .exempt, .reverse], RemitAPI.TaxExempt.self)
        same([RemitDomain.OperationState.claimed, .started, .unknown, .finished], RemitAPI.OperationState.self)
        same([RemitDomain.HistorySource.rpc, .webhook, .refetch, .reconcile, .admin], RemitAPI.HistorySource.self)
        same([RemitDomain.TenantState.creating, .active, .suspended, .deleted], RemitAPI.TenantState.self)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
