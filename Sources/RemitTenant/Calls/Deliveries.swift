package import RemitDomain

/// Answers that one turn of a tenant has earned: they leave together, after the commit that they depend on.
package struct Deliveries: Sendable {
    /// The bytes that answers point into.
    package var bytes: [UInt8] = []
    package var answers: [Delivery] = []
    /// The answers to gets.
    package var payments: [PaymentsFound] = []

    package init() {}

    package var isEmpty: Bool { answers.isEmpty && payments.isEmpty }

    /// Answers all who wait in `entries` with a refusal.
    init(refusing entries: [Entry], with error: PaymentError) {
        answers = entries.compactMap { entry in
            switch entry {
            case .verb(_, let caller), .read(_, let caller), .webhook(_, let caller):
                Delivery(caller, .refused(error))
            case .answered, .lookedUp, .fetched:
                // The operation stays open in the file; the completer comes back to it.
                nil
            }
        }
    }
}

/// One caller's answer.
package struct Delivery: Sendable {
    package let caller: Caller
    package let result: DeliveryResult

    package init(_ caller: Caller, _ result: DeliveryResult) {
        self.caller = caller
        self.result = result
    }
}

/// What a caller is told.
package enum DeliveryResult: Sendable {
    /// An entity's message, in the batch's bytes. `nextActionURL` goes beside it and is stored nowhere.
    case entity(Range<Int>, nextActionURL: String?, replayed: Bool)
    indirect case operation(Operation)
    case history([NumberedHistoryRow], hasMore: Bool)
    /// A webhook is stored, or was already.
    case accepted
    indirect case refused(PaymentError)
}

/// A history row with its ordinal within the payment, from 1, without holes.
package struct NumberedHistoryRow: Hashable, Sendable {
    package var ordinal: Int64
    package var row: HistoryRow

    package init(ordinal: Int64, row: HistoryRow) {
        self.ordinal = ordinal
        self.row = row
    }
}
