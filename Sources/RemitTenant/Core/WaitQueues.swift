import DequeModule
import RemitDomain

/// The verbs that wait for payments' locks, first come, first served.
///
/// Who holds a lock stands in the database: the payment's started operation. Here stands only who comes next.
struct WaitQueues: Sendable {
    private var queues: [PaymentID: Deque<VerbMember>] = [:]
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Whether somebody waits for a payment.
    func hasWaiters(for payment: PaymentID) -> Bool { count > 0 && queues[payment] != nil }

    /// When the first wait ends.
    var nextDue: Timestamp? {
        queues.values.lazy.compactMap { $0.first?.until }.min()
    }

    /// Queues a verb: at the head again if its turn had come and the lock was taken, else at the end.
    mutating func insert(_ member: VerbMember, for payment: PaymentID) {
        if member.isHead {
            queues[payment, default: []].prepend(member)
        } else {
            queues[payment, default: []].append(member)
        }
        count += 1
    }

    mutating func popFirst(of payment: PaymentID) -> VerbMember? {
        guard let first = queues[payment]?.popFirst() else { return nil }
        count -= 1
        if queues[payment]?.isEmpty == true { queues[payment] = nil }
        return first
    }

    /// Takes out all whose wait has ended.
    mutating func popExpired(at now: Timestamp) -> [VerbMember] {
        var expired: [VerbMember] = []
        for (payment, queue) in queues {
            let late = queue.filter { isLate($0, now) }
            guard !late.isEmpty else { continue }
            expired += late
            let rest = queue.filter { !isLate($0, now) }
            queues[payment] = rest.isEmpty ? nil : rest
        }
        count -= expired.count
        return expired
    }

    private func isLate(_ member: VerbMember, _ now: Timestamp) -> Bool {
        member.until.map { $0 <= now } ?? false
    }
}
