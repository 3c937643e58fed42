import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Places of rows")
struct RowPlaceTests {
    private let tenant: TestTenant

    init() throws {
        tenant = try TestTenant()
    }

    /// An id minted at a moment by a generator of its own, as after a restart.
    private func minted(_ seed: UInt64, at time: Timestamp = Fixture.start) -> PaymentID {
        var ids = IdentifierGenerator(clock: ManualClock(time), randomness: SeededRandom(seed: seed))
        return ids.next()
    }

    @Test("places are in the order of minted ids, and below them lie those of another form")
    func order() {
        var ids = IdentifierGenerator(clock: ManualClock(Fixture.start), randomness: SeededRandom(seed: 1))
        let minted: [PaymentID] = (0..<1_000).map { ids.next(at: Fixture.start + Int64($0 / 7)) }
        let places = minted.map { RowPlace.home(of: $0.text) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
        #expect(RowPlace.milliseconds(of: minted[999].text) == Fixture.start.milliseconds + 142)
        let foreign = ["", "payment_", "payment_a", "payment_b", "payment_ü", "x"].map { RowPlace.home(of: $0) }
        #expect(foreign.allSatisfy { $0 < 0 })
        #expect(RowPlace.home(of: "payment_a") < RowPlace.home(of: "payment_b"))
    }

    @Test("payments whose ids share a home are kept apart, found, changed and paged through, each once")
    func neighbours() throws {
        let ids = (1...5).map { minted($0) }
        #expect(Set(ids.map { RowPlace.home(of: $0.text) }).count == 1)
        #expect(Set(ids).count == 5)
        try tenant.database.transaction { rows throws(StorageError) in
            for (index, id) in ids.enumerated() { try rows.insert(Fixture.payment(id.text, amount: Int64(index + 1))) }
        }
        let again = #expect(throws: StorageError.self) {
            try tenant.database.transaction { rows throws(StorageError) in
                try rows.insert(Fixture.payment(ids[3].text))
            }
        }
        #expect(again?.isConstraint == true)
        try tenant.database.transaction { rows throws(StorageError) in
            for id in ids {
                guard var payment = try rows.payment(id) else {
                    Issue.record("A payment is gone.")
                    return
                }
                #expect(payment.id == id)
                payment.stage = .requiresAction
                try rows.update(payment)
                try rows.setSealedNextAction(Array(id.text.utf8), of: id)
                #expect(try rows.payment(id) == payment)
                #expect(try rows.sealedNextAction(of: id) == Array(id.text.utf8))
            }
            #expect(try rows.payment(minted(6)) == nil)
        }
        var query = PaymentQuery()
        query.limit = 2
        var found: [[UInt8]] = []
        repeat {
            let page = try tenant.database.read { rows throws(StorageError) in try rows.findPayments(query) }
            found += page.payments
            query.after = page.next
        } while query.after != nil
        #expect(found.count == 5)
        #expect(Set(found).count == 5)
    }

    @Test("a home without a free place near it refuses the row")
    func crowded() throws {
        let all = try tenant.database.transaction { rows throws(StorageError) in
            var count = 0
            for seed in 1...100 {
                do throws(StorageError) {
                    try rows.insert(Fixture.payment(minted(UInt64(seed)).text))
                    count += 1
                } catch {
                    #expect(error.isConstraint)
                }
            }
            return count
        }
        #expect(all == Int(RowPlace.neighbours) + 1)
    }

    /// B-trees with a row more than before.
    private func grown(by body: (borrowing TenantTransaction) throws(StorageError) -> Void) throws -> Set<String> {
        let before = try sizes()
        try tenant.database.transaction(body)
        return Set(try sizes().filter { before[$0.key] != $0.value }.keys)
    }

    private func sizes() throws -> [String: Int64] {
        let database = tenant.database.connection
        let trees = try database.queryStatement("SELECT name, tbl_name, coalesce(sql, '') FROM sqlite_schema")
        var queries: [(String, String)] = []
        while try trees.step() {
            let (name, table, sql) = (trees.text(), trees.text(), trees.text())
            guard !sql.isEmpty else { continue }
            let condition = sql.hasPrefix("CREATE TABLE") ? "" : sql.split(separator: " WHERE ").dropFirst().joined()
            queries.append((name, "SELECT count(*) FROM \(table)" + (condition.isEmpty ? "" : " WHERE " + condition)))
        }
        trees.reset()
        var sizes: [String: Int64] = [:]
        for (name, query) in queries {
            let statement = try database.queryStatement(query)
            defer { statement.reset() }
            _ = try statement.step()
            sizes[name] = statement.int64()
        }
        return sizes
    }

    @Test("a new payment touches the b-trees of four rows, and one for each of order, customer and key that it has")
    func trees() throws {
        func create(_ name: String, order: Bool, customer: Bool, key: Bool) throws -> Set<String> {
            var payment = Fixture.payment("payment_\(name)")
            payment.orderID = order ? "order" : nil
            payment.customer = customer ? CustomerID("customer_1") : nil
            var operation = Operation(
                id: OperationID("operation_\(name)"), principal: Fixture.principal, key: key ? name : nil,
                method: .createPayment, digests: [], entity: payment.id.text, payment: payment.id,
                createdAt: Fixture.start)
            operation.state = .finished
            return try grown { rows throws(StorageError) in
                let event = Fixture.event("event_\(name)", entity: payment.id.text, after: "")
                _ = try rows.insert(payment, event, HistoryStep(.rpc, from: .new, to: .new))
                try rows.insert(operation)
            }
        }
        let least: Set = ["payment", "payment_status", "event", "operation"]
        #expect(try create("a", order: false, customer: false, key: false) == least)
        #expect(try create("b", order: false, customer: false, key: true) == least.union(["operation_key"]))
        #expect(
            try create("c", order: true, customer: true, key: true)
                == least.union(["operation_key", "payment_order", "payment_customer"]))
    }

    @Test("a payment's first event is found by its entity, stands before the next, and both are its history")
    func firstEvent() throws {
        let payment = Fixture.payment("payment_1")
        try tenant.database.transaction { rows throws(StorageError) in
            let step = HistoryStep(.rpc, from: .new, to: .new)
            let (message, first) = try rows.insert(payment, Fixture.event("event_1", entity: "payment_1"), step)
            #expect(try rows.newestSequence(of: "payment_1") == first)
            try rows.append(
                HistoryRow(
                    payment: payment.id, source: .webhook, update: "late", applied: false, reason: "older",
                    fromStage: .new, toStage: .new, actor: "stripe", at: Fixture.start))
            _ = try rows.append(
                Fixture.event("event_2", entity: "payment_1", type: .alertRaised), of: payment.id, nil)
            let last = try rows.append(
                Fixture.event("event_3", entity: "payment_1", type: .paymentCaptured, after: "last"), of: payment.id,
                HistoryStep(.webhook, from: .new, to: .captured))
            #expect(try rows.newestSequence(of: "payment_1") == last)
            var query = EventQuery()
            query.entity = "payment_1"
            let events = try rows.events(query, epoch: 7).events
            #expect(events.map(\.draft.id.text) == ["event_1", "event_2", "event_3"])
            #expect(events.map(\.before) == [[], message, Array("after".utf8)])
            query.after = EventPosition(epoch: 7, sequence: first)
            #expect(try rows.events(query, epoch: 7).events.count == 2)
            let history = try rows.history(of: payment.id, after: 0, limit: 9)
            #expect(history.map(\.ordinal) == [1, 2, 3])
            #expect(history.map(\.row.update) == ["create", "late", "create"])
            #expect(history.map(\.row.isNew) == [true, false, false])
            #expect(history.map(\.row.applied) == [true, false, true])
            #expect(history.map(\.row.toStage) == [.new, .new, .captured])
            #expect(try rows.history(of: payment.id, after: 1, limit: 1).map(\.ordinal) == [2])
        }
    }
}
