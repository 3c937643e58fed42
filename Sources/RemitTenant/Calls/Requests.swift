package import RemitDomain

// The mutations' requests, parsed: what is in them is within its limits; what they refer to is checked by the tenant.

/// Records a payment without asking the processor.
package struct CreatePayment: Sendable {
    package var amount: Int64
    /// Nil: the customer's, else the tenant's default, else refused.
    package var currency: Currency?
    package var customer: CustomerID?
    package var orderID: String?
    package var externalID: String?
    package var paymentMethod: String?
    package var captureMethod: CaptureMethod = .automatic
    package var type: PaymentType = .oneTime
    package var description: String?
    package var metadata = Metadata()

    package init(amount: Int64) {
        self.amount = amount
    }
}

/// Charges a recorded payment.
package struct ExecutePayment: Sendable {
    package var payment: PaymentID
    package var expectedVersion: Int64?
    /// Nil: the payment's own.
    package var paymentMethod: String?
    package var returnURL: String?
    package var offSession = false
    /// Nil: the payment's own.
    package var captureMethod: CaptureMethod?

    package init(payment: PaymentID) {
        self.payment = payment
    }
}

/// Records and charges in one call.
package struct ProcessPayment: Sendable {
    package var orderID: String
    package var amount: Int64
    package var currency: Currency?
    package var customer: CustomerID?
    package var paymentMethod: String
    package var captureMethod: CaptureMethod = .automatic
    package var returnURL: String?
    package var offSession = false
    package var type: PaymentType = .oneTime
    package var description: String?
    package var metadata = Metadata()

    package init(orderID: String, amount: Int64, paymentMethod: String) {
        self.orderID = orderID
        self.amount = amount
        self.paymentMethod = paymentMethod
    }
}

/// Captures an authorized payment.
package struct CapturePayment: Sendable {
    package var payment: PaymentID
    package var expectedVersion: Int64?
    /// Minor units; nil: all that is capturable.
    package var amount: Int64?

    package init(payment: PaymentID) {
        self.payment = payment
    }
}

/// Refunds a captured payment.
package struct RefundPayment: Sendable {
    package var payment: PaymentID
    package var expectedVersion: Int64?
    /// Minor units; nil: all that remains.
    package var amount: Int64?
    package var reason: RefundReason = .none

    package init(payment: PaymentID) {
        self.payment = payment
    }
}

/// Creates a customer here and at the processor.
package struct CreateCustomer: Sendable {
    package var name: String
    package var email: String
    package var organization: String?
    package var contact: String?
    package var paymentMethod: String?
    package var currency: Currency?
    package var taxExempt: TaxExempt = .none
    package var metadata = Metadata()

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}
