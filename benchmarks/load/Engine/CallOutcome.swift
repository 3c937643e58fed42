import RemitRPC

/// How one call ended, as a load counts it.
enum CallOutcome: Sendable {
    case good
    /// The server had too much to do; whether it said that nothing happened.
    case refused(notProcessed: Bool)
    /// The generator's own client had too much to do: nothing was sent.
    case notSent
    /// Its caller ended it, as was meant.
    case cancelled
    /// Any other error, and a wrong answer.
    case failed(RPCError)

    init(_ error: RPCError) {
        switch error.code {
        case .resourceExhausted where error.reason == "too_many_calls": self = .notSent
        case .resourceExhausted: self = .refused(notProcessed: error.notProcessed)
        case .unavailable where error.notProcessed && error.reason != "cannot_connect":
            self = .refused(notProcessed: true)
        case .deadlineExceeded where error.notProcessed: self = .refused(notProcessed: true)
        default: self = .failed(error)
        }
    }
}

extension RPCError {
    /// The server answered, but not what was asked for.
    static func wrongAnswer(_ what: String) -> RPCError {
        RPCError(.internal, "The answer is wrong: \(what).", reason: "wrong_answer")
    }
}
