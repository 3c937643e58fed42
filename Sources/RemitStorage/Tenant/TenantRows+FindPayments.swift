package import RemitDomain

extension TenantRows where Self: ~Copyable {
    /// One page of payments, newest first, deleted ones left out; run in one read transaction.
    ///
    /// The rows looked at are those of the one index that serves the query; after ``PaymentQuery/rowsLookedAtMax`` of
    /// them the page ends early, with its position.
    package func findPayments(_ query: PaymentQuery) throws(StorageError) -> PaymentPage {
        let plan = PaymentPlan(query.filter, idTimeSkew: try IDTime.skew(in: connection))
        var page = try page(plan, query)
        if query.counts { page.count = try count(plan) }
        return page
    }

    private func page(_ plan: PaymentPlan, _ query: PaymentQuery) throws(StorageError) -> PaymentPage {
        precondition((1...PaymentQuery.limitMax).contains(query.limit), "A page of \(query.limit) rows was asked for.")
        var after: Int64?
        if let id = query.after?.id.text {
            after = try RowPlace.place(of: id, in: .payment, of: connection) ?? RowPlace.home(of: id)
        }
        let statement = try connection.queryStatement(plan.pageSQL(continues: after != nil))
        defer { statement.reset() }
        plan.matching.bind(to: statement)
        plan.range.bind(to: statement)
        if let after { statement.bind(after) }
        var payments: [[UInt8]] = []
        var older: [Int: PaymentID] = [:]
        var last: PaymentPosition?
        var lookedAt = 0
        var isEnded = false
        while true {
            guard try statement.step() else {
                isEnded = true
                break
            }
            // One row further than the page: it says whether another page follows.
            guard payments.count < query.limit, lookedAt < PaymentQuery.rowsLookedAtMax else { break }
            lookedAt += 1
            let id: PaymentID = statement.id()
            last = PaymentPosition(createdAt: statement.timestamp(), id: id)
            guard statement.bool() else { continue }
            if statement.int64() != encoder.version { older[payments.count] = id }
            payments.append(statement.bytes())
        }
        for (index, id) in older {
            guard let payment = try payment(id) else { continue }
            payments[index] = encoder.encode(payment)
        }
        return PaymentPage(payments: payments, next: isEnded ? nil : last)
    }

    private func count(_ plan: PaymentPlan) throws(StorageError) -> PaymentCount {
        let statement = try connection.queryStatement(plan.countSQL)
        defer { statement.reset() }
        plan.matching.bind(to: statement)
        plan.range.bind(to: statement)
        var value: Int64 = 0
        var lookedAt = 0
        while try statement.step() {
            guard value < PaymentQuery.countMax, lookedAt < PaymentQuery.rowsLookedAtMax else {
                return PaymentCount(value: value, isAtLeast: true)
            }
            lookedAt += 1
            if statement.bool() { value += 1 }
        }
        return PaymentCount(value: value, isAtLeast: false)
    }
}
