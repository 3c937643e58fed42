/// What the operation makes of one answer or look-up.
///
/// The operation is finished only by its `finish` functions.
package enum OnAnswer: Hashable, Sendable {
    /// A fact: apply it to the row; finish unless the row asks for a GET first.
    case apply(ProcessorFact, AnswerAge)
    /// A decline: a result, not an error. Without a snapshot no payment intent was made: the payment is in Error.
    case decline(PaymentFailure, PaymentSnapshot?, AnswerAge)
    /// Refused for good, outcome FAILURE: finish with it.
    case refuse(PaymentError)
    /// GET the object; success if it is what the verb wanted, else finish refused with this.
    case refetch(otherwise: PaymentError)
    /// Send the same bytes again after so many milliseconds; record the send first.
    case resend(afterMilliseconds: Int)
    /// Nothing was executed, outcome NONE: finish without effect.
    case endWithoutEffect(PaymentError)
    /// Tell the callers UNKNOWN, pass the lock on, and leave the rest to the completer. `alarm`: something is wrong here.
    case becomeUnknown(PaymentError, alarm: String?)
    /// The completer's: nothing new; look again then.
    case wait(until: Timestamp)
    /// It is finished already: a late answer, for the history only.
    case ignore
}

/// Whether an answer tells how things are or how they were.
package enum AnswerAge: Hashable, Sendable {
    /// First send, answered in time, row unchanged since phase 1; with the answer's `Date`.
    case fresh(date: Timestamp?)
    /// Replayed, resent, late, or the row has changed meanwhile.
    case past
    /// A look-up's: as good as a GET.
    case fetched(date: Timestamp)

    /// What the payment's machine calls it.
    package var paymentSource: PaymentFact.Source {
        switch self {
        case .fresh(let date): .freshAnswer(date: date)
        case .past: .pastAnswer
        case .fetched(let date): .fetched(date: date)
        }
    }

    /// What the refund's machine calls it.
    package var refundSource: RefundFact.Source {
        switch self {
        case .fresh: .freshAnswer
        case .past: .pastAnswer
        case .fetched: .fetched
        }
    }
}

/// What the completer does next for an operation whose outcome is unknown.
package enum CompleterStep: Hashable, Sendable {
    /// Send the same bytes again; record the send first.
    case resend
    /// The key is too old or of no more use: seek the effect.
    case lookUp
    /// Not due yet.
    case wait(until: Timestamp)
    /// It isn't unknown.
    case none
}
