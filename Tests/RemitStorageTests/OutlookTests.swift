import RemitDomain
import RemitStorage
import RemitTesting
import Testing

@Suite("Outlook")
struct OutlookTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    /// What the file says to one who knows nothing of its rows.
    private func asked() throws -> Outlook {
        try tenant.database.read { rows throws(StorageError) in try rows.outlook() }
    }

    @Test("an empty file has nothing to come")
    func empty() throws {
        let known = try tenant.database.transaction { rows throws(StorageError) in try rows.outlook() }
        #expect(known == (try asked()))
        #expect(known.newestSequence == 0 && known.inboxDepth == 0)
        #expect(known.oldestUnknown == nil && known.nextDue == nil)
    }

    @Test("a writer knows what its rows say, after every write, commit and rollback", arguments: [1, 2, 3, 4])
    func truth(seed: UInt64) throws {
        let writes = RandomWrites(seed: seed)
        for _ in 0..<80 {
            let transaction = try tenant.database.begin()
            for _ in 0..<writes.random.number(in: 0...5) {
                try writes.write(transaction)
                let known = writes.random.isOnce(in: 2) ? try transaction.outlook() : nil
                if let known { try expectTruth(known, transaction, seed) }
            }
            if writes.random.isOnce(in: 4) {
                tenant.database.rollback(transaction)
            } else {
                try tenant.database.commit(transaction)
            }
            let known = try tenant.database.transaction { rows throws(StorageError) in try rows.outlook() }
            #expect(known == (try asked()), "seed \(seed)")
        }
        #expect(try asked().newestSequence > 8, "seed \(seed)")
        #expect(try asked().nextDue != nil, "seed \(seed)")
    }

    private func expectTruth(_ known: Outlook, _ rows: borrowing TenantTransaction, _ seed: UInt64) throws {
        let dues = [try rows.nextOperationDue(), try rows.nextInboxDue(), try rows.nextFetchDue()]
        let due = dues.compactMap { $0 }.min()
        let (sequence, depth) = (try rows.lastSequence(), try rows.inboxDepth())
        let unknown = try rows.oldestUnknownOperation()
        #expect(known.newestSequence == sequence && known.inboxDepth == depth, "seed \(seed)")
        #expect(known.oldestUnknown == unknown && known.nextDue == due, "seed \(seed)")
    }
}

/// Writes of every kind that an outlook sees, to few rows, so that they meet.
private struct RandomWrites {
    let random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    private var moment: Timestamp { Fixture.start + Int64(random.number(in: 0...50)) }

    private func row(_ kind: String) -> String { "\(kind)_\(random.number(in: 0...7))" }

    func write(_ rows: borrowing TenantTransaction) throws(StorageError) {
        switch random.number(in: 0...6) {
        case 0: try rows.append(Fixture.event(row("event"), entity: row("refund")))
        case 1: try writeOperation(rows)
        case 2: try receive(rows)
        case 3: try changeInbox(rows)
        case 4: try rows.scheduleFetch(of: .paymentIntent(row("pi")), at: moment, reason: "")
        case 5:
            if let due = try rows.fetches(dueBy: moment, limit: 1).first { try rows.finish(due) }
        default:
            _ = try rows.expireInbox(at: moment + TenantTransaction.inboxRetentionMilliseconds, limit: 1)
        }
    }

    private func writeOperation(_ rows: borrowing TenantTransaction) throws(StorageError) {
        let id = row("operation")
        let known = try rows.operation(OperationID(id))
        var operation = known ?? Fixture.operation(id, key: nil)
        operation.state = random.pick([.started, .unknown, .finished, .finished])
        operation.dueAt = random.isOnce(in: 2) ? moment : nil
        if known == nil { try rows.insert(operation) } else { try rows.update(operation) }
    }

    private func receive(_ rows: borrowing TenantTransaction) throws(StorageError) {
        let entry = InboxEntry(
            eventID: row("evt"), type: "t", object: row("pi"), bodyDigest: [], body: [], receivedAt: moment,
            state: random.pick([.pending, .parked, .done]), dueAt: random.isOnce(in: 2) ? moment : nil)
        _ = try rows.insert(entry)
    }

    private func changeInbox(_ rows: borrowing TenantTransaction) throws(StorageError) {
        guard var entry = try rows.inboxEntry(row("evt")) else {
            try rows.unpark(row("pi"))
            _ = try rows.unpark(waitingFor: "wait", receivedSince: Fixture.start)
            return
        }
        entry.state = random.pick([.pending, .parked, .done, .dead])
        entry.dueAt = random.isOnce(in: 2) ? moment : nil
        entry.reason = random.pick(["", "wait"])
        try rows.update(entry)
    }
}
