import RemitDomain

/// A look-up of payments by one column: found once for many keys, which are bound without copies.
package struct PaymentLookup {
    /// What names a payment.
    package enum Column: Sendable {
        case id, order, stripe
    }

    fileprivate let column: Column
    fileprivate let statement: Statement
}

extension TenantReadTransaction {
    /// The look-up by `column`; it is good for this transaction.
    package func paymentLookup(_ column: PaymentLookup.Column) throws(StorageError) -> PaymentLookup {
        let statement =
            switch column {
            case .id:
                try connection.statement("SELECT blob_version, blob, id FROM payment WHERE place = ? AND id = ?")
            case .order: try connection.statement("SELECT blob_version, blob, id FROM payment WHERE order_id = ?")
            case .stripe:
                try connection.statement("SELECT blob_version, blob, id FROM payment WHERE stripe_payment_id = ?")
            }
        return PaymentLookup(column: column, statement: statement)
    }

    /// Appends the message of the payment with this key, in UTF-8, as stored; nil where there is none.
    ///
    /// Deleted ones are read too.
    package func appendPayment(
        _ key: UnsafeBufferPointer<UInt8>, by lookup: PaymentLookup, to bytes: inout [UInt8]
    ) throws(StorageError) -> Range<Int>? {
        if let found = try append(key, lookup, to: &bytes) {
            if lookup.column == .id { recent?.add(key, bytes[found]) }
            return found
        }
        guard lookup.column == .id else { return nil }
        // Another row may lie at its home: then the long way finds it nearby.
        let id = PaymentID(String(decoding: key, as: UTF8.self))
        return try withPaymentBytes(id) { message throws(StorageError) in
            let start = bytes.count
            message.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
            return start..<bytes.count
        }
    }

    private func append(
        _ key: UnsafeBufferPointer<UInt8>, _ lookup: PaymentLookup, to bytes: inout [UInt8]
    ) throws(StorageError) -> Range<Int>? {
        let statement = lookup.statement
        defer { statement.reset() }
        if lookup.column == .id { statement.bind(RowPlace.home(of: key)) }
        statement.bind(lent: key)
        guard try statement.step() else { return nil }
        let start = bytes.count
        if statement.int64() == encoder.version {
            statement.appendBytes(to: &bytes)
        } else {
            statement.skip(1)
            guard let payment = try payment(PaymentID(statement.text())) else { return nil }
            bytes += encoder.encode(payment)
        }
        return start..<bytes.count
    }
}
