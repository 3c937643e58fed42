/// How a call ended, in gRPC's numbers.
public enum StatusCode: UInt8, Sendable, Hashable, CaseIterable {
    /// The call did what was asked.
    case ok = 0
    /// The caller gave up. Don't retry.
    case cancelled = 1
    /// An error without a better name. Retry with the same idempotency key.
    case unknown = 2
    /// The request is wrong whatever the state is. Don't retry; mend the request.
    case invalidArgument = 3
    /// The answer didn't come in time. Retry with the same idempotency key.
    case deadlineExceeded = 4
    /// There is no such thing, or it belongs to another tenant. Don't retry.
    case notFound = 5
    /// It exists already. Don't retry.
    case alreadyExists = 6
    /// The caller is known and may not do this. Don't retry.
    case permissionDenied = 7
    /// A limit is reached. Retry after a pause.
    case resourceExhausted = 8
    /// The state forbids it. Don't retry until the state has changed.
    case failedPrecondition = 9
    /// Another call was in the way. Retry with the same idempotency key.
    case aborted = 10
    /// Outside the valid range. Don't retry.
    case outOfRange = 11
    /// The server has no such method, or doesn't serve this yet. Don't retry.
    case unimplemented = 12
    /// A fault of the server. Report it with its error id.
    case `internal` = 13
    /// The server can't be reached or is going away. Retry; blindly if the error says that nothing was processed.
    case unavailable = 14
    /// Data was lost or damaged. Report it.
    case dataLoss = 15
    /// The credential is missing, wrong or revoked. Don't retry.
    case unauthenticated = 16

    /// The name that gRPC gives it, such as "INVALID_ARGUMENT".
    public var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}
