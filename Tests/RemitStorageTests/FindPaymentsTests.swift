import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Finding payments")
struct FindPaymentsTests {
    private let tenant: TestTenant
    private let start = Fixture.start

    init() throws {
        tenant = try TestTenant()
    }

    // MARK: A naive filter over the values themselves

    private enum Naive: Equatable {
        case text(String?)
        case integer(Int64?)
    }

    private func value(_ name: String, of payment: Payment) -> Naive {
        switch name {
        case "id": .text(payment.id.text)
        case "amount": .integer(payment.amount.minorUnits)
        case "currency": .text(payment.amount.currency.code)
        case "status": .integer(payment.status.rawValue)
        case "stage": .integer(payment.stage.rawValue)
        case "customer_id": .text(payment.customer?.text)
        case "order_id": .text(payment.orderID)
        case "created_at_ms": .integer(payment.createdAt.milliseconds)
        case "livemode": .integer(payment.livemode ? 1 : 0)
        case "hold": .text(payment.hold)
        case "failure.code": .text(payment.failure?.code)
        case "capture_expected": .integer(payment.captureExpected)
        default: preconditionFailure("The naive filter doesn't know \(name).")
        }
    }

    private func matches(_ filter: PaymentFilter, _ payment: Payment) -> Bool {
        switch filter {
        case .and(let filters): return filters.allSatisfy { matches($0, payment) }
        case .or(let filters): return filters.contains { matches($0, payment) }
        case .not(let filter): return !matches(filter, payment)
        case .compare(let field, let comparison):
            let value = value(field.name, of: payment)
            switch comparison {
            case .eq(let other): return value == naive(other)
            case .ne(let other): return value != naive(other)
            case .gt(let other): return order(value, naive(other)).map { $0 > 0 } ?? false
            case .gte(let other): return order(value, naive(other)).map { $0 >= 0 } ?? false
            case .lt(let other): return order(value, naive(other)).map { $0 < 0 } ?? false
            case .lte(let other): return order(value, naive(other)).map { $0 <= 0 } ?? false
            case .in(let others): return others.contains { value == naive($0) }
            case .nin(let others): return !others.contains { value == naive($0) }
            case .exists(let isSet): return isSet == (value != .text(nil) && value != .integer(nil))
            }
        }
    }

    private func naive(_ value: PaymentFilter.Value) -> Naive {
        switch value {
        case .text(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .boolean(let boolean): .integer(boolean ? 1 : 0)
        }
    }

    private func order(_ lhs: Naive, _ rhs: Naive) -> Int? {
        switch (lhs, rhs) {
        case (.text(let lhs?), .text(let rhs?)):
            lhs == rhs ? 0 : lhs.utf8.lexicographicallyPrecedes(rhs.utf8) ? -1 : 1
        case (.integer(let lhs?), .integer(let rhs?)): lhs == rhs ? 0 : lhs < rhs ? -1 : 1
        default: nil
        }
    }

    // MARK: Random rows and filters

    private let texts = ["", "a", "A", "ä", "customer_1", "x' OR '1'='1", "%", "usd", "eur", "card_declined"]

    private func randomPayment(_ index: Int, _ ids: inout IdentifierGenerator, _ random: SeededRandom) -> Payment {
        let createdAt = start + Int64(index * 10)
        // Clocks step: some creations are far from their ids.
        let idTime = createdAt + Int64(random.isOnce(in: 10) ? random.number(in: -50...50) : 0)
        var payment = Payment(
            id: ids.next(at: idTime),
            amount: Money(
                minorUnits: Int64(random.number(in: 1...5)), currency: random.pick([.usd, .eur])),
            createdAt: createdAt, createdBy: Fixture.principal)
        payment.stage = random.pick(PaymentStage.allCases)
        payment.customer = random.isOnce(in: 2) ? nil : CustomerID(random.pick(texts))
        payment.orderID = random.isOnce(in: 2) ? nil : "order-\(index)"
        payment.livemode = random.isOnce(in: 2)
        payment.hold = random.isOnce(in: 2) ? nil : random.pick(texts)
        payment.failure = random.isOnce(in: 2) ? nil : PaymentFailure(code: random.pick(texts))
        payment.deletedAt = random.isOnce(in: 8) ? start : nil
        return payment
    }

    private func randomFilter(_ random: SeededRandom, depth: Int = 0) -> PaymentFilter {
        if depth < 3, random.isOnce(in: 2) {
            let children = (0...random.number(in: 0...2)).map { _ in randomFilter(random, depth: depth + 1) }
            return random.pick([.and(children), .or(children), .not(children[0])])
        }
        let names = [
            "id", "amount", "currency", "status", "stage", "customer_id", "order_id", "created_at_ms", "livemode",
            "hold", "failure.code",
        ]
        guard let field = PaymentField(named: random.pick(names)) else { preconditionFailure("A field is missing.") }
        func value() -> PaymentFilter.Value {
            switch (field.kind, field.name) {
            case (.text, "order_id"): .text("order-\(random.number(in: 0...60))")
            case (.text, _): .text(random.pick(texts))
            case (.boolean, _): .boolean(random.isOnce(in: 2))
            case (_, "created_at_ms"): .integer(start.milliseconds + Int64(random.number(in: -20...620)))
            case (.integer, _), (.enumeration, _): .integer(Int64(random.number(in: 0...14)))
            }
        }
        let list = (0...random.number(in: 0...3)).map { _ in value() }
        let equalities: [PaymentFilter.Comparison] = [
            .eq(value()), .ne(value()), .in(list), .nin(list), .exists(random.isOnce(in: 2)),
        ]
        let orders: [PaymentFilter.Comparison] = [.gt(value()), .gte(value()), .lt(value()), .lte(value())]
        let isOrdered = field.kind == .text || field.kind == .integer
        return .compare(field, random.pick(isOrdered ? equalities + orders : equalities))
    }

    private func all(_ query: PaymentQuery) throws -> [[UInt8]] {
        var query = query
        var found: [[UInt8]] = []
        var pages = 0
        repeat {
            let page = try tenant.database.read { rows throws(StorageError) in
                try rows.findPayments(query)
            }
            #expect(page.payments.count <= query.limit)
            found += page.payments
            query.after = page.next
            pages += 1
        } while query.after != nil && pages < 1_000
        return found
    }

    @Test("every filter finds what a naive one finds, newest first, whatever the pages' size")
    func property() throws {
        let random = SeededRandom(printedAs: "find payments")
        var ids = IdentifierGenerator(clock: ManualClock(start), randomness: random)
        let payments = (0..<60).map { randomPayment($0, &ids, random) }
        try tenant.database.transaction { rows throws(StorageError) in
            for payment in payments { try rows.insert(payment) }
        }
        let newestFirst = payments.sorted { $0.id.text > $1.id.text }.filter { $0.deletedAt == nil }
        for _ in 0..<300 {
            let filter = randomFilter(random)
            try filter.validate()
            var query = PaymentQuery()
            query.limit = random.pick([1, 2, 7, 100])
            query.counts = true
            query.filter = filter
            let expected = newestFirst.filter { matches(filter, $0) }.map { TextEncoder.encode($0) }
            #expect(try all(query) == expected, "seed \(random.seed): \(filter)")
            let count = try tenant.database.read { rows throws(StorageError) in
                try rows.findPayments(query).count
            }
            #expect(count == PaymentCount(value: Int64(expected.count), isAtLeast: false))
        }
    }

    @Test("customer, statuses and creation time narrow together, at both ends inclusive")
    func query() throws {
        var ids = IdentifierGenerator(clock: ManualClock(start), randomness: SeededRandom(seed: 1))
        var payments: [Payment] = []
        for index in 0..<20 {
            let at = start + Int64(index) * 1_000
            var payment = Payment(
                id: ids.next(at: at), amount: Money(minorUnits: 1, currency: .usd), createdAt: at,
                createdBy: Fixture.principal)
            payment.customer = CustomerID(index.isMultiple(of: 2) ? "customer_even" : "customer_odd")
            payment.stage = index.isMultiple(of: 3) ? .captured : .new
            payments.append(payment)
        }
        try tenant.database.transaction { rows throws(StorageError) in
            for payment in payments { try rows.insert(payment) }
        }
        func indexes(_ conditions: [String: PaymentFilter.Comparison]) throws -> [Int] {
            var query = PaymentQuery()
            query.filter = .and(
                try conditions.map { name, comparison in
                    .compare(try #require(PaymentField(named: String(name.prefix { $0 != " " }))), comparison)
                })
            return try all(query).compactMap { bytes in payments.firstIndex { TextEncoder.encode($0) == bytes } }
        }
        let succeeded = PaymentFilter.Value.integer(PaymentStatus.succeeded.rawValue)
        let pending = PaymentFilter.Value.integer(PaymentStatus.pending.rawValue)
        var conditions: [String: PaymentFilter.Comparison] = [
            "created_at_ms from": .gte(.integer(start.milliseconds + 4_000)),
            "created_at_ms through": .lte(.integer(start.milliseconds + 9_000)),
        ]
        #expect(try indexes(conditions) == [9, 8, 7, 6, 5, 4])
        conditions["customer_id"] = .eq(.text("customer_even"))
        #expect(try indexes(conditions) == [8, 6, 4])
        conditions["status"] = .eq(succeeded)
        #expect(try indexes(conditions) == [6])
        conditions["status"] = .in([succeeded, pending])
        #expect(try indexes(conditions) == [8, 6, 4])
        #expect(try indexes(["created_at_ms": .lte(.integer(.min))]) == [])
        #expect(try indexes(["created_at_ms": .eq(.integer(.max))]) == [])
    }

    @Test("ids of another form are found by time all the same")
    func foreignIDs() throws {
        try tenant.database.transaction { rows throws(StorageError) in try rows.insert(Fixture.payment("payment_old")) }
        var query = PaymentQuery()
        query.filter = .compare(
            try #require(PaymentField(named: "created_at_ms")), .eq(.integer(start.milliseconds)))
        #expect(try all(query).count == 1)
    }

    @Test("a page ends early after 20,000 rows looked at, and counting says that there may be more")
    func cap() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            for index in 0...(PaymentQuery.rowsLookedAtMax) {
                try rows.insert(Fixture.payment("payment_\(90_000 - index)", amount: index < 20_000 ? 1 : 2))
            }
        }
        guard let amount = PaymentField(named: "amount") else { preconditionFailure("There is no amount.") }
        var query = PaymentQuery()
        query.counts = true
        query.filter = .compare(amount, .eq(.integer(2)))
        let (first, second) = try tenant.database.read { rows throws(StorageError) in
            let first = try rows.findPayments(query)
            query.after = first.next
            return (first, try rows.findPayments(query))
        }
        #expect(first.payments.count == 0)
        #expect(first.count == PaymentCount(value: 0, isAtLeast: true))
        #expect(second.payments.count == 1)
        #expect(second.next == nil)
        query.after = nil
        query.filter = .compare(amount, .gt(.integer(0)))
        let all = try tenant.database.read { rows throws(StorageError) in try rows.findPayments(query).count }
        #expect(all == PaymentCount(value: PaymentQuery.countMax, isAtLeast: true))
    }

    @Test("unfit values, orders, lists and depths are refused, and the field is named")
    func refusals() throws {
        guard let amount = PaymentField(named: "amount"), let status = PaymentField(named: "status") else {
            preconditionFailure("A field is missing.")
        }
        #expect(PaymentField(named: "amount; DROP TABLE payment") == nil)
        let deep = (0..<PaymentFilter.depthMax).reduce(PaymentFilter.compare(amount, .exists(true))) { filter, _ in
            .not(filter)
        }
        let wide = PaymentFilter.and(
            Array(repeating: .compare(amount, .exists(true)), count: PaymentFilter.nodesMax))
        let long = Array(repeating: PaymentFilter.Value.integer(1), count: PaymentFilter.listMax + 1)
        let refused: [(PaymentFilter, String?)] = [
            (.compare(amount, .eq(.text("1"))), "amount"), (.compare(status, .gt(.integer(1))), "status"),
            (.compare(amount, .in([])), "amount"), (.compare(amount, .nin(long)), "amount"), (.and([]), nil),
            (deep, nil), (wide, nil),
        ]
        for (filter, field) in refused {
            let error = #expect(throws: InvalidFilter.self) { try filter.validate() }
            #expect(error?.field == field)
        }
    }
}
