import RemitDomain
import RemitStorage

/// What the members of a batch have earned; it leaves after the COMMIT.
///
/// A batch that rolls back replays from an empty one.
struct Effects: Sendable {
    /// The bytes that answers point into.
    var bytes: [UInt8] = []
    private(set) var list: [Effect] = []
    /// Operations among them that have passed phase 1.
    private(set) var startedCount = 0
    /// Callers among them who must wait for a lock or for another's result.
    private(set) var waitingCount = 0
    /// Webhooks that the batch has put into the inbox, in order.
    var stored: [InboxEntry] = []
    /// Whether entries of the inbox wait to be applied, other than those.
    private(set) var wakesInbox = false

    mutating func add(_ effect: Effect) {
        switch effect {
        case .started: startedCount += 1
        case .joined, .mustWait: waitingCount += 1
        case .received: wakesInbox = true
        case .answer, .send, .lookUp, .fetch, .awaits, .landed, .passed: break
        }
        list.append(effect)
    }

    /// Puts an entity's message into the batch's bytes.
    mutating func place(_ message: [UInt8]) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: message)
        return start..<bytes.count
    }

    mutating func place(_ message: Span<UInt8>) -> Range<Int> {
        let start = bytes.count
        message.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        return start..<bytes.count
    }

    /// Whether the batch has made an operation wait for a GET or a look-up.
    func awaits(_ operation: OperationID) -> Bool {
        list.contains { if case .awaits(operation, _) = $0 { true } else { false } }
    }

    /// Answers one caller with a refusal.
    mutating func refuse(_ caller: Caller, _ error: PaymentError) {
        add(.answer(caller, .refused(error)))
    }
}

/// One thing to do after the COMMIT.
///
/// Whole operations are kept apart, so that the effects that most members earn stay small.
enum Effect: Sendable {
    /// Answer one caller.
    case answer(Caller, DeliveryResult)
    /// The operation has passed phase 1: its caller waits, its call is sent.
    indirect case started(Operation, version: Int64, Caller)
    /// The caller waits for an open operation of another's.
    indirect case joined(Operation, Caller)
    /// The call waits for a payment's lock.
    indirect case mustWait(PaymentID, VerbMember)
    /// Send the operation's bytes again.
    indirect case send(OperationID, PreparedCall)
    indirect case lookUp(OperationID, PreparedCall)
    indirect case fetch(DueFetch)
    /// The operation waits for a GET or a look-up; it is refused with this if the object isn't what the verb wanted.
    case awaits(OperationID, otherwise: PaymentError?)
    /// The operation has ended, or its budget has: everybody who waits for it is answered, its lock passes on.
    indirect case landed(OperationID, PaymentID?, DeliveryResult)
    /// A verb whose turn had come leaves the payment's lock free: the next one in its queue may try.
    case passed(PaymentID)
    /// The inbox has entries to apply.
    case received
}

/// A verb on its way: what was fixed when it was admitted.
struct VerbMember: Sendable {
    var call: VerbCall
    var caller: Caller
    var operation: OperationID
    /// The payment in whose queue it waited, once its turn has come.
    var queue: PaymentID?
    var isHead: Bool { queue != nil }
    /// When its wait in a queue ends; nil before it has waited.
    var until: Timestamp?
}
