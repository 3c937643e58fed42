/// One customer, mirrored at the processor.
package struct Customer: Hashable, Sendable {
    package let id: CustomerID
    /// 1 when created, +1 per applied change.
    package var version: Int64 = 1
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package let createdBy: PrincipalID
    package var deletedAt: Timestamp?
    package var name: String
    package var email: String
    package var organization: String?
    package var contact: String?
    /// Nil while its creation at the processor isn't known to have succeeded; such a customer is hidden.
    package var stripeCustomerID: String?
    package var paymentMethod: String?
    package var currency: Currency?
    package var taxExempt: TaxExempt = .none
    package var metadata = Metadata()
    package var account: String?
    package var livemode = false

    package init(id: CustomerID, name: String, email: String, createdAt: Timestamp, createdBy: PrincipalID) {
        self.id = id
        self.name = name
        self.email = email
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.createdBy = createdBy
    }
}

/// How a customer is taxed.
package enum TaxExempt: Int64, Hashable, Sendable {
    case none = 1
    case exempt, reverse
}
