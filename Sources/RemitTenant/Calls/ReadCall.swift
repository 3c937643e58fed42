package import RemitDomain

/// A point read: answered between two batches, so that a caller sees what it has written.
package enum ReadCall: Sendable {
    case payment(PaymentKey)
    case refund(RefundID)
    case customer(CustomerKey)
    case operation(OperationKey)
    /// At most `limit` rows after `ordinal`, oldest first.
    case history(PaymentID, after: Int64, limit: Int)
}

/// What names a payment.
package enum PaymentKey: Hashable, Sendable {
    case id(PaymentID)
    case order(String)
    case stripe(String)
}

/// What names a customer.
package enum CustomerKey: Hashable, Sendable {
    case id(CustomerID)
    case stripe(String)
}

/// What names an operation: its id, or the key under which the asking principal called.
///
/// Others' are not found.
package enum OperationKey: Hashable, Sendable {
    case id(OperationID, PrincipalID)
    case key(String, PrincipalID)
}
