import RemitDomain
import RemitStorage

/// Phase 3: what an answer makes of its operation and of the row that it is about.
struct Settlement {
    let scene: Scene
    /// Operations that wait for a GET or a look-up.
    let awaited: [OperationID: PaymentError?]

    typealias Transaction = TenantTransaction

    /// The processor has answered a send.
    ///
    /// `version` is the row's as phase 1 left it; nil: long ago.
    func answered(
        _ id: OperationID, _ answer: Answer, version: Int64?, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        guard var operation = try tx.operation(id), operation.state.isOpen else { return }
        let current = try currentVersion(of: operation, tx)
        let isUnchanged = version != nil && current == version
        let verdict = operation.receive(answer, rowUnchanged: isUnchanged, now: scene.now, random: scene.random)
        try carryOut(verdict, &operation, tx, &effects)
    }

    /// A look-up has come back.
    func lookedUp(
        _ id: OperationID, _ found: LookedUp, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard var operation = try tx.operation(id), operation.state.isOpen else { return }
        if case .nothing = found, case .some(.some(let refusal)) = awaited[id] {
            // The call was refused; the look-up only had to show that its effect wasn't there before.
            return try refuse(refusal, &operation, tx, &effects)
        }
        let verdict = operation.receive(found, now: scene.now, random: scene.random)
        try carryOut(verdict, &operation, tx, &effects)
    }

    /// The operation is due: it is sent again, looked up, or out of its budget.
    func due(_ id: OperationID, _ tx: borrowing Transaction, _ effects: inout Effects) throws(StorageError) {
        guard var operation = try tx.operation(id), operation.state.isOpen else { return }
        // An answer may have postponed it since it was found due.
        if let dueAt = operation.dueAt, dueAt > scene.now { return }
        if operation.state == .started, scene.now - operation.createdAt < Operation.budgetMilliseconds {
            return try resend(&operation, tx, &effects)
        }
        if let verdict = operation.runOutOfTime(now: scene.now, random: scene.random) {
            return try carryOut(verdict, &operation, tx, &effects)
        }
        switch operation.completerStep(now: scene.now) {
        case .resend:
            try resend(&operation, tx, &effects)
        case .lookUp:
            guard let call = operation.prepared else { return }
            operation.dueAt = scene.now + Operation.budgetMilliseconds
            try tx.update(operation)
            effects.add(.lookUp(id, call))
        case .wait, .none:
            break
        }
    }

    /// Recovery: what was started at the last end counts as sent, and is of an unknown outcome.
    func recover(_ started: Operation, _ tx: borrowing Transaction, _ effects: inout Effects)
        throws(StorageError)
    {
        var operation = started
        guard let verdict = operation.recover(now: scene.now) else { return }
        try carryOut(verdict, &operation, tx, &effects)
    }

    // MARK: - Verdicts

    private func carryOut(
        _ verdict: OnAnswer, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        switch verdict {
        case .apply(let fact, let age):
            try apply(fact, age, &operation, tx, &effects)
        case .decline(let failure, let snapshot, let age):
            if let snapshot {
                try applyPayment(snapshot, age, &operation, tx, &effects)
            } else {
                try decline(failure, &operation, tx, &effects)
            }
        case .refuse(let error):
            try refuse(error, &operation, tx, &effects)
        case .refetch(let otherwise):
            try readObject(otherwise: otherwise, &operation, tx, &effects)
        case .resend(let delay):
            operation.dueAt = scene.now + Int64(delay)
            try tx.update(operation)
        case .endWithoutEffect(let error):
            try endWithoutEffect(error, &operation, tx, &effects)
        case .becomeUnknown(let error, let alarm):
            try becomeUnknown(error, alarm: alarm, &operation, tx, &effects)
        case .wait:
            try tx.update(operation)
        case .ignore:
            break
        }
    }

    private func apply(
        _ fact: ProcessorFact, _ age: AnswerAge, _ operation: inout Operation, _ tx: borrowing Transaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        switch fact {
        case .payment(let snapshot): try applyPayment(snapshot, age, &operation, tx, &effects)
        case .refund(let snapshot): try applyRefund(snapshot, age, &operation, tx, &effects)
        case .customer(let snapshot): try applyCustomer(snapshot, &operation, tx, &effects)
        case .charge:
            preconditionFailure("No call of ours is answered with a charge.")
        }
    }

    private func resend(
        _ operation: inout Operation, _ tx: borrowing Transaction, _ effects: inout Effects
    ) throws(StorageError) {
        guard let call = operation.prepared else { return }
        operation.recordSend(now: scene.now)
        // Until its answer comes; one that never comes is tried again then.
        let end = operation.createdAt + Operation.budgetMilliseconds
        operation.dueAt = operation.state == .started ? end : scene.now + Operation.budgetMilliseconds
        try tx.update(operation)
        effects.add(.send(operation.id, call))
    }

    private func currentVersion(of operation: Operation, _ tx: borrowing Transaction) throws(StorageError) -> Int64? {
        switch operation.method {
        case .executePayment, .processPayment, .capturePayment, .createPayment:
            try tx.payment(PaymentID(operation.entity))?.version
        case .refundPayment: try tx.refund(RefundID(operation.entity))?.version
        case .createCustomer: try tx.customer(CustomerID(operation.entity))?.version
        case .createTenant: nil
        }
    }
}
