import RemitDomain
import RemitTesting
import Testing

@Suite struct EventTypeTests {
    @Test func `older names lead to the events that mean the same`() {
        let table: [(String, Set<EventType>)] = [
            ("PaymentCreatedEvent", [.paymentCreated]), ("PaymentProcessed", [.paymentCaptured]),
            ("billing.payment_succeeded", [.paymentCaptured]), ("PaymentFailed", [.paymentFailed]),
            ("billing.payment_failed", [.paymentFailed]), ("RefundIssued", [.refundSucceeded]),
            ("billing.payment_refunded", [.paymentRefunded]), ("billing.customer_created", [.customerCreated]),
            (
                "PaymentStatusUpdatedEvent",
                [
                    .paymentProcessing, .paymentRequiresAction, .paymentAuthorized, .paymentCaptured, .paymentFailed,
                    .paymentCanceled, .paymentExpired, .paymentRefunded,
                ]
            ),
        ]
        for (name, types) in table {
            #expect(Set(EventType.allCases.filter { $0.answers(to: name) }) == types, "\(name)")
        }
    }

    @Test func `every applied change but a creation answers to its entity's update`() {
        for type in EventType.allCases where type != .alertRaised {
            let isCreation = type.rawValue.hasSuffix(".created")
            #expect(type.answers(to: "\(type.entityType.rawValue).updated") == !isCreation, "\(type)")
        }
    }

    @Test func `a type's name begins with its entity's`() {
        for type in EventType.allCases where type != .alertRaised {
            #expect(type.rawValue.hasPrefix("\(type.entityType.rawValue)."))
            #expect(type.answers(to: type.rawValue))
        }
    }
}

@Suite struct CustomerMachineTests {
    private let now = Fixture.start + 1_000

    private func customer() -> Customer {
        Customer(
            id: CustomerID("customer_test"), name: "Jo", email: "jo@example.com", createdAt: Fixture.start,
            createdBy: Fixture.principal)
    }

    @Test func `a customer is hidden until its mirror is known, and then created`() {
        var customer = customer()
        #expect(!customer.isVisible)
        let result = customer.apply(CustomerSnapshot(stripeCustomerID: "cus_1"), now: now, account: "acct_1")
        #expect(result == .applied(CustomerChange(event: .customerCreated)))
        #expect(customer.isVisible && customer.version == 1 && customer.account == "acct_1")
        #expect(customer.apply(CustomerSnapshot(stripeCustomerID: "cus_1"), now: now).isIgnored)
        #expect(customer.apply(CustomerSnapshot(stripeCustomerID: "cus_2", deleted: true), now: now).isIgnored)
    }

    @Test func `a customer that was deleted at Stripe is deleted here, once`() {
        var customer = customer()
        _ = customer.apply(CustomerSnapshot(stripeCustomerID: "cus_1"), now: now)
        let gone = CustomerSnapshot(stripeCustomerID: "cus_1", deleted: true)
        #expect(customer.apply(gone, now: now) == .applied(CustomerChange(event: .customerDeleted)))
        #expect(customer.deletedAt == now && customer.version == 2)
        #expect(customer.apply(gone, now: now).isIgnored)
    }
}
