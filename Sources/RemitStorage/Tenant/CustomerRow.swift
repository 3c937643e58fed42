import RemitDomain

/// The customer's row, whole: the only code that turns an entity into columns and bytes, and columns into an entity.
enum CustomerRow {
    static let columns = """
        id, name, email, created_at_ms, created_by, version, updated_at_ms, deleted_at_ms, organization, contact,
        stripe_customer_id, payment_method, currency, tax_exempt, metadata, account, livemode
        """

    static func bind(_ customer: Customer, blob: [UInt8], version: Int64, to statement: Statement) {
        statement.bind(customer.id)
        statement.bind(customer.name)
        statement.bind(customer.email)
        statement.bind(customer.createdAt)
        statement.bind(customer.createdBy)
        statement.bind(customer.version)
        statement.bind(customer.updatedAt)
        statement.bind(customer.deletedAt)
        statement.bind(customer.organization)
        statement.bind(customer.contact)
        statement.bind(customer.stripeCustomerID)
        statement.bind(customer.paymentMethod)
        statement.bind(customer.currency?.code)
        statement.bind(customer.taxExempt)
        statement.bind(customer.metadata)
        statement.bind(customer.account)
        statement.bind(customer.livemode)
        statement.bind(version)
        statement.bind(blob)
    }

    static func read(_ row: Statement) throws(StorageError) -> Customer {
        let id: CustomerID = row.id()
        let name = row.text()
        let email = row.text()
        let createdAt = row.timestamp()
        var customer = Customer(id: id, name: name, email: email, createdAt: createdAt, createdBy: row.id())
        customer.version = row.int64()
        customer.updatedAt = row.timestamp()
        customer.deletedAt = row.timestampOrNil()
        customer.organization = row.textOrNil()
        customer.contact = row.textOrNil()
        customer.stripeCustomerID = row.textOrNil()
        customer.paymentMethod = row.textOrNil()
        customer.currency = try row.currencyOrNil()
        customer.taxExempt = try row.value()
        customer.metadata = try row.metadata()
        customer.account = row.textOrNil()
        customer.livemode = row.bool()
        return customer
    }
}
