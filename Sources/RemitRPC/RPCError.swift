/// Why a call failed, as its caller is told.
///
/// All but `context` crosses the wire; `context` is for the server's log alone.
public struct RPCError: Error, Sendable, Hashable {
    /// What kind of failure it is, and by that what the caller should do.
    public var code: StatusCode
    /// One sentence for the caller, without secrets and without another system's text.
    public var message: String
    /// Machine-readable reason in snake_case, such as `idempotency_mismatch`; empty when the code says it all.
    public var reason: String
    /// Path of the request's field that is at fault, such as `amount.currency`.
    public var field: String?
    /// What the error means for the work that was asked for.
    public var outcome: Outcome
    /// Whether the call surely never ran, so that it may be sent again blindly.
    public var notProcessed: Bool
    /// Milliseconds after which trying again makes sense.
    public var retryAfterMilliseconds: UInt32?
    /// Id under which the server's log tells more.
    public var errorID: String?
    /// For logs only: never sent.
    public var context: [String: String]

    /// Makes an error; by default nothing was changed.
    public init(
        _ code: StatusCode, _ message: String, reason: String = "", field: String? = nil, outcome: Outcome = .none,
        notProcessed: Bool = false, retryAfterMilliseconds: UInt32? = nil, errorID: String? = nil,
        context: [String: String] = [:]
    ) {
        self.code = code
        self.message = message
        self.reason = reason
        self.field = field
        self.outcome = outcome
        self.notProcessed = notProcessed
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.errorID = errorID
        self.context = context
    }
}

extension RPCError: CustomStringConvertible {
    /// Code, reason, field and message in one line; never the context.
    public var description: String {
        var text = code.name
        if !reason.isEmpty { text += " \(reason)" }
        if let field { text += " (\(field))" }
        text += ": \(message)"
        if outcome == .unknown { text += " [outcome unknown]" }
        return text
    }
}

extension RPCError {
    /// The deadline passed before the call ran: it never will.
    public static var expiredBeforeStart: RPCError {
        RPCError(
            .deadlineExceeded, "The deadline passed before the call could start.", reason: "expired_before_start",
            notProcessed: true)
    }

    /// The deadline passed while the call ran; `outcome` is none for a method without side effects.
    public static func expiredWhileRunning(outcome: Outcome) -> RPCError {
        RPCError(.deadlineExceeded, "The deadline passed while the call was running.", outcome: outcome)
    }

    /// The caller cancelled before the call ran: it never will.
    public static var cancelledBeforeStart: RPCError {
        RPCError(.cancelled, "The caller cancelled before the call could start.", notProcessed: true)
    }
}
