import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

@Suite("Operation rows")
struct OperationRowTests {
    private let tenant: TestTenant
    private let start = Fixture.start

    init() throws {
        tenant = try TestTenant()
    }

    private func full() -> Operation {
        var operation = Operation(
            id: OperationID("operation_full"), principal: PrincipalID("principal_other"), key: "k' OR 1=1",
            method: .refundPayment,
            digests: [FieldDigest(field: "amount", digest: .max), FieldDigest(field: "", digest: 1)],
            entity: "refund_1", payment: PaymentID("payment_other"), createdAt: start + 1)
        operation.state = .unknown
        operation.outcome = .unknown
        operation.refusal = PaymentError(
            .failedPrecondition, reason: "provider_refused", message: "Refused.", field: "amount", outcome: .failure,
            notProcessed: true, retryAfterMilliseconds: 250)
        operation.leader = OperationID("operation_leader")
        operation.replySequence = 12
        operation.prepared = PreparedCall(bytes: [0, 1, 2], attemptKey: "remit:k", account: "acct_1", livemode: true)
        operation.firstSent = start + 2
        operation.lastSent = start + 3
        operation.unanswered = true
        operation.sends = 2
        operation.spentAt = start + 5
        operation.emptyLookUps = 1
        operation.dueAt = start + 4
        return operation
    }

    private func plain(_ id: String = "operation_plain", key: String? = nil) -> Operation {
        Operation(
            id: OperationID(id), principal: Fixture.principal, key: key, method: .createPayment, digests: [],
            entity: "payment_1", payment: nil, createdAt: start)
    }

    @Test("an operation comes back with every field as it was, set or not, and is found by its key")
    func roundTrip() throws {
        #expect(equalFields(full(), plain()) == [])
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(full())
            try rows.insert(plain())
            #expect(try rows.operation(full().id) == full())
            #expect(try rows.operation(plain().id) == plain())
            #expect(try rows.operation(of: full().principal, key: "k' OR 1=1") == full())
            #expect(try rows.operation(of: Fixture.principal, key: "k' OR 1=1") == nil)
            #expect(try rows.operations(ledBy: OperationID("operation_leader")) == [full()])
        }
    }

    @Test("an operation done at once is the same row whether its blank columns are bound or in the INSERT's text")
    func forms() throws {
        var operation = plain(key: "key")
        _ = operation.finishSucceeded(replySequence: 12)
        let rows = try [OperationRow.done, OperationRow.whole].map { form in
            let tenant = try TestTenant()
            return try tenant.database.transaction { rows throws(StorageError) in
                try OperationRow.insert(operation, at: 7, as: form, into: rows.connection)
                return try rows.connection.quotedRow(of: "operation")
            }
        }
        #expect(rows[0].count == 31)
        #expect(rows[0] == rows[1])
    }

    @Test("an operation with any one value that one done at once hasn't comes back with it")
    func nearlyDone() throws {
        let full = full()
        let fields: [(inout Operation) -> Void] = [
            { $0.refusal = full.refusal }, { $0.leader = full.leader }, { $0.prepared = full.prepared },
            { $0.firstSent = full.firstSent }, { $0.lastSent = full.lastSent }, { $0.unanswered = true },
            { $0.sends = 1 }, { $0.spentAt = full.spentAt }, { $0.emptyLookUps = 1 }, { $0.dueAt = full.dueAt },
        ]
        for (index, field) in fields.enumerated() {
            var operation = plain("operation_\(index)")
            field(&operation)
            try tenant.database.transaction { rows throws(StorageError) in
                try rows.insert(operation)
                #expect(try rows.operation(operation.id) == operation)
            }
        }
    }

    @Test("an update writes every field and can free the key")
    func update() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(plain("operation_1", key: "key"))
            var changed = plain("operation_1", key: nil)
            changed.state = .finished
            changed.outcome = .success
            changed.refusal = full().refusal
            changed.prepared = full().prepared
            changed.dueAt = start
            try rows.update(changed)
            #expect(try rows.operation(changed.id) == changed)
            try rows.insert(plain("operation_2", key: "key"))
        }
    }

    @Test("a key belongs to one operation of a principal; operations without one don't collide")
    func uniqueKey() throws {
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(plain("operation_1", key: "key"))
            try rows.insert(plain("operation_2"))
            try rows.insert(plain("operation_3"))
            let error = #expect(throws: StorageError.self) {
                try rows.insert(plain("operation_4", key: "key"))
            }
            #expect(error?.isConstraint == true)
        }
    }

    @Test("open operations are found by payment and by order, due ones by time")
    func open() throws {
        var payment = Fixture.payment("payment_1")
        payment.orderID = "order-1"
        try tenant.database.transaction { rows throws(StorageError) in
            try rows.insert(payment)
            for (index, state) in [OperationState.claimed, .started, .unknown, .finished].enumerated() {
                var operation = Operation(
                    id: OperationID("operation_\(index)"), principal: Fixture.principal, key: nil,
                    method: .processPayment, digests: [], entity: "payment_1", payment: payment.id,
                    createdAt: start + Int64(index))
                operation.state = state
                operation.dueAt = state.isOpen ? start + Int64(10 - index) : nil
                try rows.insert(operation)
            }
            let open = ["operation_1", "operation_2"]
            #expect(try rows.openOperations(of: payment.id).map(\.id.text) == open)
            #expect(try rows.openOperations(order: "order-1").map(\.id.text) == open)
            #expect(try rows.openOperations().map(\.id.text) == open)
            #expect(try rows.operations(dueBy: start + 9, limit: 9).map(\.id.text) == ["operation_2", "operation_1"])
            #expect(try rows.operations(dueBy: start + 8, limit: 9).map(\.id.text) == ["operation_2"])
            #expect(try rows.nextOperationDue() == start + 8)
            #expect(try rows.oldestUnknownOperation() == start + 2)
        }
    }
}
