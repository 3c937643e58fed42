package import RemitDomain

/// A transaction that may write operations.
package protocol OperationWriter: StoredRows, ~Copyable {}

extension OperationWriter where Self: ~Copyable {
    /// Writes a new operation.
    ///
    /// A used (principal, key) is a constraint error: look it up before.
    package func insert(_ operation: Operation) throws(StorageError) {
        var blanks = BlankColumns()
        OperationRow.bind(operation, to: &blanks)
        let form = OperationRow.done.fits(blanks) ? OperationRow.done : OperationRow.whole
        try RowPlace.insert(operation.id.text, into: .operation, of: connection) { place throws(StorageError) in
            try OperationRow.insert(operation, at: place, as: form, into: connection)
        }
        known?.inserted(operation)
    }

    /// Writes a changed operation, whole.
    ///
    /// A key that became nil is free.
    package func update(_ operation: Operation) throws(StorageError) {
        known?.forgetOperations()
        let isFound = try RowPlace.find(operation.id.text, in: .operation, of: connection) {
            place throws(StorageError) in
            let statement = try connection.statement(
                "update operation",
                """
                UPDATE operation SET (\(OperationRow.columns)) = (
                    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                    ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30
                ) WHERE place = ?31 AND id = ?1
                """)
            var row = BoundRow(statement)
            OperationRow.bind(operation, to: &row)
            row.bind(place)
            try statement.run()
            return connection.changes == 1 ? true : nil
        }
        guard isFound == true else {
            throw StorageError(.missing, message: "The operation to update isn't there: \(operation.id.text).")
        }
    }
}
