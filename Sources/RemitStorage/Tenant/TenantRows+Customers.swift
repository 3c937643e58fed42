package import RemitDomain

extension TenantRows where Self: ~Copyable {
    /// A customer's row, hidden and deleted ones too.
    package func customer(_ id: CustomerID) throws(StorageError) -> Customer? {
        try customer(
            connection.statement("customer by id", "SELECT \(CustomerRow.columns) FROM customer WHERE id = ?"), id.text)
    }

    /// What a charge asks of its customer; nil where that is hidden, deleted or absent.
    package func payer(_ id: CustomerID) throws(StorageError) -> Payer? {
        let statement = try connection.statement(
            """
            SELECT currency, stripe_customer_id FROM customer
            WHERE id = ? AND stripe_customer_id IS NOT NULL AND deleted_at_ms IS NULL
            """)
        defer { statement.reset() }
        statement.bind(id)
        guard try statement.step() else { return nil }
        return Payer(currency: try statement.currencyOrNil(), stripeCustomerID: statement.text())
    }

    /// The customer of a Stripe customer (`cus_…`).
    package func customer(stripe id: String) throws(StorageError) -> Customer? {
        try customer(
            connection.statement(
                "customer by Stripe id", "SELECT \(CustomerRow.columns) FROM customer WHERE stripe_customer_id = ?"),
            id)
    }

    private func customer(_ statement: Statement, _ key: String) throws(StorageError) -> Customer? {
        defer { statement.reset() }
        statement.bind(key)
        return try statement.step() ? try CustomerRow.read(statement) : nil
    }

    /// Lends the customer's message as stored.
    package func withCustomerBytes<R>(
        _ id: CustomerID, _ body: (Span<UInt8>) throws(StorageError) -> R
    ) throws(StorageError) -> R? {
        let statement = try connection.statement("SELECT blob_version, blob FROM customer WHERE id = ?")
        defer { statement.reset() }
        statement.bind(id)
        guard try statement.step() else { return nil }
        guard statement.int64() != encoder.version else { return try statement.withBytes(body) }
        guard let customer = try customer(id) else { return nil }
        return try body(encoder.encode(customer).span)
    }
}

/// What a charge asks of its customer.
package struct Payer: Hashable, Sendable {
    /// What the customer pays in, where a request names no currency.
    package let currency: Currency?
    package let stripeCustomerID: String
}

extension TenantTransaction {
    /// Writes a new customer's row and returns its message.
    ///
    /// A used id or Stripe id is a constraint error.
    @discardableResult
    package func insert(_ customer: Customer) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(customer)
        let statement = try connection.statement(
            "insert customer",
            """
            INSERT INTO customer (\(CustomerRow.columns), blob_version, blob)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        CustomerRow.bind(customer, blob: bytes, version: encoder.version, to: statement)
        try statement.run()
        return bytes
    }

    /// Writes a changed customer's row, whole, and returns its message.
    @discardableResult
    package func update(_ customer: Customer) throws(StorageError) -> [UInt8] {
        let bytes = encoder.encode(customer)
        let statement = try connection.statement(
            "update customer",
            """
            UPDATE customer SET (\(CustomerRow.columns), blob_version, blob)
                = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
            WHERE id = ?1
            """)
        CustomerRow.bind(customer, blob: bytes, version: encoder.version, to: statement)
        try statement.run()
        guard connection.changes == 1 else {
            throw StorageError(.missing, message: "The customer to update isn't there: \(customer.id.text).")
        }
        return bytes
    }

    /// Removes a customer that the processor refused: it leaves no row.
    package func remove(_ customer: CustomerID) throws(StorageError) {
        let statement = try connection.statement("DELETE FROM customer WHERE id = ?")
        statement.bind(customer)
        try statement.run()
    }
}
