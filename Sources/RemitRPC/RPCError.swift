/// Why a call failed, as its caller is told.
///
/// All but `context` crosses the wire; `context` is for the server's log alone.
public struct RPCError: Error, Sendable, Hashable {
    // One word: a call's result carries an optional error through every layer, and what a full server refuses, it
    // refuses with the same error each time.
    private var facts: Facts

    private struct Fields: Sendable, Hashable {
        var code: StatusCode
        var message: String
        var reason: String
        var field: String?
        var outcome: Outcome
        var notProcessed: Bool
        var retryAfterMilliseconds: UInt32?
        var errorID: String?
        var context: [String: String]
    }

    private final class Facts: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    /// What kind of failure it is, and by that what the caller should do.
    public var code: StatusCode {
        get { facts.fields.code }
        set { change { $0.code = newValue } }
    }
    /// One sentence for the caller, without secrets and without another system's text.
    public var message: String {
        get { facts.fields.message }
        set { change { $0.message = newValue } }
    }
    /// Machine-readable reason in snake_case, such as `idempotency_mismatch`; empty when the code says it all.
    public var reason: String {
        get { facts.fields.reason }
        set { change { $0.reason = newValue } }
    }
    /// Path of the request's field that is at fault, such as `amount.currency`.
    public var field: String? {
        get { facts.fields.field }
        set { change { $0.field = newValue } }
    }
    /// What the error means for the work that was asked for.
    public var outcome: Outcome {
        get { facts.fields.outcome }
        set { change { $0.outcome = newValue } }
    }
    /// Whether the call surely never ran, so that it may be sent again blindly.
    public var notProcessed: Bool {
        get { facts.fields.notProcessed }
        set { change { $0.notProcessed = newValue } }
    }
    /// Milliseconds after which trying again makes sense.
    public var retryAfterMilliseconds: UInt32? {
        get { facts.fields.retryAfterMilliseconds }
        set { change { $0.retryAfterMilliseconds = newValue } }
    }
    /// Id under which the server's log tells more.
    public var errorID: String? {
        get { facts.fields.errorID }
        set { change { $0.errorID = newValue } }
    }
    /// For logs only: never sent.
    public var context: [String: String] {
        get { facts.fields.context }
        set { change { $0.context = newValue } }
    }

    /// Makes an error; by default nothing was changed.
    public init(
        _ code: StatusCode, _ message: String, reason: String = "", field: String? = nil, outcome: Outcome = .none,
        notProcessed: Bool = false, retryAfterMilliseconds: UInt32? = nil, errorID: String? = nil,
        context: [String: String] = [:]
    ) {
        facts = Facts(
            Fields(
                code: code, message: message, reason: reason, field: field, outcome: outcome,
                notProcessed: notProcessed, retryAfterMilliseconds: retryAfterMilliseconds, errorID: errorID,
                context: context))
    }

    /// Whether both say the same.
    public static func == (left: RPCError, right: RPCError) -> Bool {
        left.facts === right.facts || left.facts.fields == right.facts.fields
    }

    /// Hashes what it says.
    public func hash(into hasher: inout Hasher) { hasher.combine(facts.fields) }

    private mutating func change(_ body: (inout Fields) -> Void) {
        var fields = facts.fields
        body(&fields)
        facts = Facts(fields)
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
