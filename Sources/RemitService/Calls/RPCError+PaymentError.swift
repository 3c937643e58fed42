import RemitDomain
import RemitRPC

extension RPCError {
    /// A tenant's refusal as its caller is told; what is the server's fault gets an id that the access log has too.
    init(_ error: PaymentError) {
        self.init(
            StatusCode(error.code), error.message, reason: error.reason, field: error.field,
            outcome: Outcome(error.outcome), notProcessed: error.notProcessed,
            retryAfterMilliseconds: error.retryAfterMilliseconds.map { UInt32(clamping: $0) },
            errorID: error.code == .internal ? Self.makeErrorID() : nil)
    }

    /// Names one failure among those of all servers.
    static func makeErrorID() -> String {
        "error_" + String(UInt64.random(in: .min ... .max), radix: 16)
    }
}

extension StatusCode {
    init(_ code: PaymentError.Code) {
        switch code {
        case .invalidArgument: self = .invalidArgument
        case .deadlineExceeded: self = .deadlineExceeded
        case .notFound: self = .notFound
        case .alreadyExists: self = .alreadyExists
        case .permissionDenied: self = .permissionDenied
        case .resourceExhausted: self = .resourceExhausted
        case .failedPrecondition: self = .failedPrecondition
        case .aborted: self = .aborted
        case .outOfRange: self = .outOfRange
        case .internal: self = .internal
        case .unavailable: self = .unavailable
        case .unauthenticated: self = .unauthenticated
        }
    }
}

extension Outcome {
    init(_ outcome: OperationOutcome) {
        switch outcome {
        case .none, .success: self = .none
        case .failure: self = .failure
        case .unknown: self = .unknown
        }
    }
}
