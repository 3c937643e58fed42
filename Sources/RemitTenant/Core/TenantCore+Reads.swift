import RemitDomain
import RemitStorage

extension TenantCore {
    /// Answers point reads in one read transaction, after the batch: a caller sees what it has written.
    func read(_ reads: [(ReadCall, Caller)], _ gets: [PaymentGets]) throws(StorageError) {
        guard !reads.isEmpty || !gets.isEmpty else { return }
        let isSingle = reads.isEmpty && gets.count == 1 && gets[0].count == 1
        let transaction: TenantReadTransaction
        if isSingle {
            if answerAsBefore(gets[0]) { return }
            // Its one statement is a transaction by itself.
            transaction = try database.beginStatement()
        } else {
            transaction = try database.beginRead()
        }
        for batch in gets { answer(batch, transaction) }
        for (read, caller) in reads {
            let result: DeliveryResult
            do throws(StorageError) {
                result = try answer(read, transaction)
            } catch {
                result = .refused(.storageUnavailable)
            }
            deliver(caller, result)
        }
        database.endRead(transaction)
    }

    /// Answers the one get of a payment that was read since anything was committed, without a statement; false: it isn't
    /// such.
    ///
    /// Calls that come together share what a statement needs, and are answered by one.
    private func answerAsBefore(_ batch: PaymentGets) -> Bool {
        let get = batch.gets[0]
        guard get.field == .id, let recent = database.recentPayments else { return false }
        let range = batch.keys.withUnsafeBufferPointer { recent.append($0, to: &deliveries.bytes) }
        guard let range else { return false }
        var found = PaymentsFound(to: batch)
        if batch.desk.begin(get.slot, get.generation) { found.append(.message(range), to: get) }
        deliveries.payments.append(found)
        return true
    }

    private func answer(_ batch: PaymentGets, _ rows: borrowing TenantReadTransaction) {
        var found = PaymentsFound(to: batch)
        var bytes: [UInt8] = []
        swap(&bytes, &deliveries.bytes)
        bytes.reserveCapacity(bytes.count + batch.count * Self.messageBytes)
        var lookup: (field: PaymentGets.Field, statement: PaymentLookup)?
        batch.keys.withUnsafeBufferPointer { keys in
            for get in batch.gets where batch.desk.begin(get.slot, get.generation) {
                let key = UnsafeBufferPointer(rebasing: keys[Int(get.keyStart)..<Int(get.keyEnd)])
                do throws(StorageError) {
                    let statement: PaymentLookup
                    if let lookup, lookup.field == get.field {
                        statement = lookup.statement
                    } else {
                        statement = try rows.paymentLookup(get.field.column)
                        lookup = (get.field, statement)
                    }
                    if let range = try rows.appendPayment(key, by: statement, to: &bytes) {
                        found.append(.message(range), to: get)
                    } else {
                        found.append(.refused(.notFound(.payment, field: get.field.name)), to: get)
                    }
                } catch {
                    found.append(.refused(.storageUnavailable), to: get)
                }
            }
        }
        swap(&bytes, &deliveries.bytes)
        deliveries.payments.append(found)
    }

    /// Room for the message of most payments, so that a turn's buffer grows once.
    private static var messageBytes: Int { 320 }

    private func answer(
        _ read: ReadCall, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        switch read {
        case .payment(let key): try payment(key, rows)
        case .refund(let id): try refund(id, rows)
        case .customer(let key): try customer(key, rows)
        case .operation(let key): try operation(key, rows)
        case .history(let payment, let after, let limit): try history(payment, after, limit, rows)
        }
    }

    private func payment(
        _ key: PaymentKey, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        let range: Range<Int>?
        let field: String
        switch key {
        case .id(let id):
            range = try rows.withPaymentBytes(id) { bytes throws(StorageError) in place(bytes) }
            field = "id"
        case .order(let order):
            range = try rows.withPaymentBytes(order: order) { bytes throws(StorageError) in place(bytes) }
            field = "order_id"
        case .stripe(let id):
            range = try rows.withPaymentBytes(stripe: id) { bytes throws(StorageError) in place(bytes) }
            field = "stripe_payment_id"
        }
        return entity(range, .payment, field)
    }

    private func refund(
        _ id: RefundID, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        entity(try rows.withRefundBytes(id) { bytes throws(StorageError) in place(bytes) }, .refund, "id")
    }

    private func customer(
        _ key: CustomerKey, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        let found: Customer?
        let field: String
        switch key {
        case .id(let id): (found, field) = (try rows.customer(id), "id")
        case .stripe(let id): (found, field) = (try rows.customer(stripe: id), "stripe_customer_id")
        }
        guard let found, found.stripeCustomerID != nil else { return .refused(.notFound(.customer, field: field)) }
        let range = try rows.withCustomerBytes(found.id) { bytes throws(StorageError) in place(bytes) }
        return entity(range, .customer, field)
    }

    private func operation(
        _ key: OperationKey, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        let found: Operation?
        let field: String
        switch key {
        case .id(let id, let principal):
            let operation = try rows.operation(id)
            (found, field) = (operation?.principal == principal ? operation : nil, "id")
        case .key(let key, let principal):
            (found, field) = (try rows.operation(of: principal, key: key), "idempotency_key")
        }
        guard var operation = found else { return .refused(.notFound(.operation, field: field)) }
        if let leader = operation.leader, let led = try rows.operation(leader) {
            // Who joined shares the leader's fate.
            operation.state = led.state
            operation.outcome = led.outcome
            operation.refusal = led.refusal
            operation.replySequence = led.replySequence
            operation.firstSent = led.firstSent
            operation.lastSent = led.lastSent
        }
        return .operation(operation)
    }

    private func history(
        _ payment: PaymentID, _ after: Int64, _ limit: Int, _ rows: borrowing TenantReadTransaction
    ) throws(StorageError) -> DeliveryResult {
        guard try rows.payment(payment) != nil else { return .refused(.notFound(.payment)) }
        let found = try rows.history(of: payment, after: after, limit: limit + 1)
        let page = found.prefix(limit).map { NumberedHistoryRow(ordinal: $0.ordinal, row: $0.row) }
        return .history(page, hasMore: found.count > limit)
    }

    private func entity(_ range: Range<Int>?, _ type: EntityType, _ field: String) -> DeliveryResult {
        guard let range else { return .refused(.notFound(type, field: field)) }
        return .entity(range, nextActionURL: nil, replayed: false)
    }

    private func place(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = deliveries.bytes.count
        bytes.withUnsafeBufferPointer { deliveries.bytes.append(contentsOf: $0) }
        return start..<deliveries.bytes.count
    }
}

extension PaymentGets.Field {
    fileprivate var column: PaymentLookup.Column {
        switch self {
        case .id: .id
        case .order: .order
        case .stripe: .stripe
        }
    }
}
