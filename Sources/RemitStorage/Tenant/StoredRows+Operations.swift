package import RemitDomain

extension StoredRows where Self: ~Copyable {
    package func operation(_ id: OperationID) throws(StorageError) -> Operation? {
        try RowPlace.find(id.text, in: .operation, of: connection) { place throws(StorageError) in
            let statement = try connection.statement(
                "operation by id", "SELECT \(OperationRow.columns) FROM operation WHERE place = ? AND id = ?")
            statement.bind(place)
            statement.bind(id)
            return try operations(statement).first
        }
    }

    /// The operation that holds a principal's key.
    package func operation(of principal: PrincipalID, key: String) throws(StorageError) -> Operation? {
        guard let place = try operationPlace(of: principal, key: key) else { return nil }
        let statement = try connection.statement(
            "operation by place", "SELECT \(OperationRow.columns) FROM operation WHERE place = ?")
        statement.bind(place)
        return try operations(statement).first
    }

    /// The index says that a key is new: most are, and the row's columns are asked only when it isn't.
    private func operationPlace(of principal: PrincipalID, key: String) throws(StorageError) -> Int64? {
        let statement = try connection.statement("SELECT place FROM operation WHERE key = ? AND principal = ?")
        defer { statement.reset() }
        statement.bind(key)
        statement.bind(principal)
        return try statement.step() ? statement.int64() : nil
    }

    /// A payment's operations that are started or unknown, oldest first.
    package func openOperations(of payment: PaymentID) throws(StorageError) -> [Operation] {
        let statement = try connection.statement(
            "open operations of a payment",
            "SELECT \(OperationRow.columns) FROM operation WHERE payment_id = ? AND state IN (2, 3) ORDER BY place")
        statement.bind(payment)
        return try operations(statement)
    }

    /// The open operations of a caller's order, oldest first.
    package func openOperations(order: String) throws(StorageError) -> [Operation] {
        let statement = try connection.statement(
            "open operations of an order",
            """
            SELECT \(OperationRow.columns) FROM operation
            WHERE payment_id = (SELECT id FROM payment WHERE order_id = ?) AND state IN (2, 3) ORDER BY place
            """)
        statement.bind(order)
        return try operations(statement)
    }

    /// All operations that are started or unknown.
    package func openOperations() throws(StorageError) -> [Operation] {
        let statement = try connection.statement(
            "open operations", "SELECT \(OperationRow.columns) FROM operation WHERE state IN (2, 3) ORDER BY place")
        return try operations(statement)
    }

    /// At most `limit` operations that are due, the longest due first.
    package func operations(dueBy now: Timestamp, limit: Int) throws(StorageError) -> [Operation] {
        let statement = try connection.statement(
            "operations due",
            "SELECT \(OperationRow.columns) FROM operation WHERE due_at_ms <= ? ORDER BY due_at_ms LIMIT ?")
        statement.bind(now)
        statement.bind(Int64(limit))
        return try operations(statement)
    }

    /// The operations that joined `leader` under keys of their own.
    package func operations(ledBy leader: OperationID) throws(StorageError) -> [Operation] {
        let statement = try connection.statement(
            "operations by leader", "SELECT \(OperationRow.columns) FROM operation WHERE leader = ? ORDER BY place")
        statement.bind(leader)
        return try operations(statement)
    }

    /// When the next operation is due; nil where none waits.
    package func nextOperationDue() throws(StorageError) -> Timestamp? {
        let statement = try connection.statement(
            "SELECT min(due_at_ms) FROM operation WHERE due_at_ms IS NOT NULL")
        defer { statement.reset() }
        _ = try statement.step()
        return statement.timestampOrNil()
    }

    /// When the oldest operation of an unknown outcome was created; nil where there is none.
    package func oldestUnknownOperation() throws(StorageError) -> Timestamp? {
        let statement = try connection.statement(
            "SELECT min(created_at_ms) FROM operation INDEXED BY operation_open WHERE state IN (2, 3) AND state = 3")
        defer { statement.reset() }
        _ = try statement.step()
        return statement.timestampOrNil()
    }

    private func operations(_ statement: Statement) throws(StorageError) -> [Operation] {
        defer { statement.reset() }
        var operations: [Operation] = []
        while try statement.step() { operations.append(try OperationRow.read(statement)) }
        return operations
    }
}
