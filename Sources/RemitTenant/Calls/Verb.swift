package import RemitDomain
package import RemitStorage

/// A mutation that the tenant carries out in its phases.
///
/// A new verb is a new type, not a case.
package protocol Verb: Sendable {
    static var method: OperationMethod { get }

    /// The idempotency key of a caller who gives none; nil: such a call isn't remembered.
    var defaultKey: String? { get }

    /// Phase 1, inside a transaction: guards first, then writes. A refusal is a result, found before the first write.
    func begin(
        _ request: VerbRequest, _ scene: Scene, _ tx: borrowing TenantTransaction
    ) throws(StorageError) -> Phase1
}

extension Verb {
    package var defaultKey: String? { nil }
}

/// A verb's request, with what was fixed when it was admitted.
package struct VerbRequest: Sendable {
    /// The key is the caller's, or the verb's default.
    package var requester: Requester
    package var method: OperationMethod
    /// The id that its operation will have.
    package var operation: OperationID
    /// Its turn in the payment's queue has come.
    package var isHead: Bool
    /// No other operation may start now: the tenant's limit is reached.
    package var isFull: Bool
    /// The payments that others wait for.
    package var hasWaiters: @Sendable (PaymentID) -> Bool
}

/// How phase 1 ended.
package enum Phase1: Sendable {
    /// Nothing was written; what is sticky is remembered by the caller of ``Verb/begin(_:_:_:)``.
    case refused(PaymentError)
    /// Done in this transaction, or nothing to do: answer with the entity's message.
    case done(message: [UInt8], sequence: Int64?, entity: String, payment: PaymentID?, nextActionURL: String?)
    /// Share the answer of an open operation.
    case joins(Operation)
    /// Another operation holds the payment's lock.
    case waits(PaymentID)
    /// Written; its call is to be sent after the COMMIT. The version is the one that phase 1 left.
    case sends(Operation, version: Int64)
}
