/// A refusal: what the caller is told, and what is stored of it.
///
/// No secrets, no names.
package struct PaymentError: Error, Hashable, Sendable {
    package var code: Code
    /// Machine-readable, such as `idempotency_mismatch`.
    package var reason: String
    /// A full sentence that says what to do.
    package var message: String
    /// The request's field, where one is to blame.
    package var field: String?
    package var outcome: OperationOutcome
    /// The operation surely had no effect.
    package var notProcessed: Bool
    package var retryAfterMilliseconds: Int?

    package init(
        _ code: Code, reason: String, message: String, field: String? = nil, outcome: OperationOutcome = .none,
        notProcessed: Bool = false, retryAfterMilliseconds: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.field = field
        self.outcome = outcome
        self.notProcessed = notProcessed
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// The classes of refusal; raw values are gRPC's status codes.
    package enum Code: Int64, Hashable, Sendable {
        case invalidArgument = 3
        case deadlineExceeded = 4
        case notFound = 5
        case alreadyExists = 6
        case permissionDenied = 7
        case resourceExhausted = 8
        case failedPrecondition = 9
        case aborted = 10
        case outOfRange = 11
        case `internal` = 13
        case unavailable = 14
        case unauthenticated = 16
    }
}
