package import RemitDomain

/// What a tenant's rows say of the turns to come, and to operators.
package struct Outlook: Hashable, Sendable {
    /// The log's newest sequence number, 0 where it is empty.
    package let newestSequence: Int64
    /// Webhooks that are stored and not applied yet.
    package let inboxDepth: Int
    /// When the oldest operation of an unknown outcome was created; nil where there is none.
    package let oldestUnknown: Timestamp?
    /// When the first of operations, inbox and fetches is due; nil where nothing waits.
    package let nextDue: Timestamp?
}

extension TenantRows where Self: ~Copyable {
    /// The rows' outlook as they are now; in a transaction with what it has written.
    ///
    /// Only what a writer doesn't know of its rows is read.
    package func outlook() throws(StorageError) -> Outlook {
        let newestSequence = if let sequence = known?.newestSequence { sequence } else { try lastSequence() }
        let operations = if let operations = known?.operations { operations } else { try operationsOutlook() }
        let inbox = if let inbox = known?.inbox { inbox } else { try inboxOutlook() }
        let fetches = if let fetches = known?.fetches { fetches } else { KnownRows.Fetches(due: try nextFetchDue()) }
        known?.learn(newestSequence, operations, inbox, fetches)
        return Outlook(
            newestSequence: newestSequence, inboxDepth: inbox.depth, oldestUnknown: operations.oldestUnknown,
            nextDue: earliest(operations.due, earliest(inbox.due, fetches.due)))
    }

    private func operationsOutlook() throws(StorageError) -> KnownRows.Operations {
        KnownRows.Operations(oldestUnknown: try oldestUnknownOperation(), due: try nextOperationDue())
    }

    private func inboxOutlook() throws(StorageError) -> KnownRows.Inbox {
        KnownRows.Inbox(depth: try inboxDepth(), due: try nextInboxDue())
    }
}

/// What a writer knows of its tenant's rows without asking them, part by part.
///
/// It belongs to the one connection that writes to the file, and says what the rows are in the open transaction. Every
/// write of a part either says what became of it or forgets it; what undoes writes forgets all.
package final class KnownRows {
    struct Operations {
        let oldestUnknown: Timestamp?
        let due: Timestamp?
    }

    struct Inbox {
        let depth: Int
        let due: Timestamp?
    }

    struct Fetches {
        let due: Timestamp?
    }

    // Nil: not known.
    private(set) var newestSequence: Int64?
    private(set) var operations: Operations?
    private(set) var inbox: Inbox?
    private(set) var fetches: Fetches?

    /// The outlook, when all of it is known.
    var outlook: Outlook? {
        guard let newestSequence, let operations, let inbox, let fetches else { return nil }
        return Outlook(
            newestSequence: newestSequence, inboxDepth: inbox.depth, oldestUnknown: operations.oldestUnknown,
            nextDue: earliest(operations.due, earliest(inbox.due, fetches.due)))
    }

    func learn(_ sequence: Int64, _ operations: Operations, _ inbox: Inbox, _ fetches: Fetches) {
        newestSequence = sequence
        self.operations = operations
        self.inbox = inbox
        self.fetches = fetches
    }

    func appended(_ sequence: Int64) {
        newestSequence = sequence
    }

    func inserted(_ operation: Operation) {
        guard let before = operations, operation.dueAt != nil || operation.state == .unknown else { return }
        let isUnknown = operation.state == .unknown
        operations = Operations(
            oldestUnknown: isUnknown ? earliest(before.oldestUnknown, operation.createdAt) : before.oldestUnknown,
            due: earliest(before.due, operation.dueAt))
    }

    func inserted(_ entry: InboxEntry) {
        guard let before = inbox, entry.state == .pending || entry.state == .parked else { return }
        inbox = Inbox(depth: before.depth + 1, due: earliest(before.due, entry.dueAt ?? entry.receivedAt))
    }

    func forgetOperations() { operations = nil }
    func forgetInbox() { inbox = nil }
    func forgetFetches() { fetches = nil }

    func forgetAll() {
        newestSequence = nil
        operations = nil
        inbox = nil
        fetches = nil
    }
}

private func earliest(_ first: Timestamp?, _ second: Timestamp?) -> Timestamp? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
