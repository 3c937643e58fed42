import RemitDomain
import RemitStorage

/// One thing to do inside a batch's transaction: synchronous, and repeatable after a rollback.
enum Member: Sendable {
    /// Phase 1.
    case verb(VerbMember)
    /// Phase 3.
    case answered(OperationID, Answer, version: Int64?)
    case lookedUp(OperationID, LookedUp)
    case fetched(DueFetch, Fetched)
    /// The completer's turn for an operation.
    case due(OperationID)
    case startFetch(DueFetch)
    indirect case store(ReceivedWebhook, Caller)
    case apply(InboxEntry)

    /// Who waits for it directly.
    var caller: Caller? {
        switch self {
        case .verb(let member): member.caller
        case .store(_, let caller): caller
        case .answered, .lookedUp, .fetched, .due, .startFetch, .apply: nil
        }
    }

    /// Whether the database said that it is due.
    var isCollected: Bool {
        switch self {
        case .due, .startFetch, .apply: true
        case .verb, .answered, .lookedUp, .fetched, .store: false
        }
    }

    var isPhase1: Bool { if case .verb = self { true } else { false } }
    var isPhase3: Bool { if case .answered = self { true } else { false } }
}
