import RemitDomain
import RemitStorage

extension TenantCore {
    /// Phase 1 of a verb.
    ///
    /// One that waited in a queue passes the turn on, unless it took the lock or waits again.
    func runVerb(
        _ member: VerbMember, _ scene: Scene, _ tx: borrowing TenantTransaction,
        _ effects: inout Effects
    ) throws(StorageError) {
        let keepsTurn = try begin(member, scene, tx, &effects)
        if let queue = member.queue, !keepsTurn { effects.add(.passed(queue)) }
    }

    /// Runs a verb: its key decides first, then its guards.
    ///
    /// Whether it holds the payment's lock, or waits for it, now.
    private func begin(
        _ member: VerbMember, _ scene: Scene, _ tx: borrowing TenantTransaction,
        _ effects: inout Effects
    ) throws(StorageError) -> Bool {
        let verb = member.call.verb
        let method = type(of: verb).method
        var requester = member.call.requester
        requester.key = requester.key ?? verb.defaultKey
        if let key = requester.key, let earlier = try tx.operation(of: requester.principal, key: key) {
            try answer(member.caller, from: earlier, method, requester, scene, tx, &effects)
            return false
        }
        let queues = queues
        let request = VerbRequest(
            requester: requester, method: method, operation: member.operation, isHead: member.isHead,
            isFull: runningCount(effects) >= settings.runningMax, hasWaiters: { queues.hasWaiters(for: $0) })
        switch try verb.begin(request, scene, tx) {
        case .refused(let error):
            if error.isSticky, requester.key != nil {
                var operation = scene.newOperation(request, entity: "", payment: nil)
                _ = operation.finishRefused(error)
                try tx.insert(operation)
            }
            effects.refuse(member.caller, error)
        case .done(let message, let sequence, let entity, let payment, let url):
            if requester.key != nil {
                var operation = scene.newOperation(request, entity: entity, payment: payment)
                var sequence = sequence
                if sequence == nil { sequence = try tx.newestSequence(of: entity) }
                _ = operation.finishSucceeded(replySequence: sequence)
                try tx.insert(operation)
            }
            let result = DeliveryResult.entity(effects.place(message), nextActionURL: url, replayed: false)
            effects.add(.answer(member.caller, result))
        case .joins(let leader):
            try join(leader, member.caller, request, scene, tx, &effects)
        case .waits(let payment):
            effects.add(.mustWait(payment, member))
            return true
        case .sends(let operation, let version):
            effects.add(.started(operation, version: version, member.caller))
            return method.holdsLock
        }
        return false
    }

    /// The key was used before: the stored reply, the stored refusal, or the answer that is still to come.
    private func answer(
        _ caller: Caller, from earlier: Operation, _ method: OperationMethod, _ requester: Requester,
        _ scene: Scene, _ tx: borrowing TenantTransaction, _ effects: inout Effects
    ) throws(StorageError) {
        if earlier.method != method { return effects.refuse(caller, .idempotencyMismatch(field: "method")) }
        if let field = FieldDigest.mismatch(between: earlier.digests, and: requester.digests) {
            return effects.refuse(caller, .idempotencyMismatch(field: field))
        }
        var leader = earlier
        if let id = earlier.leader, let found = try tx.operation(id) { leader = found }
        if leader.state.isOpen {
            if waitingCount(effects) >= settings.waitingMax {
                return effects.refuse(caller, .busy(retryAfterMilliseconds: 1_000))
            }
            effects.add(.joined(leader, caller))
            return
        }
        if let refusal = leader.refusal { return effects.refuse(caller, refusal) }
        guard let range = try stored(leader, tx, &effects) else {
            return effects.refuse(caller, .notFound(leader.method == .refundPayment ? .refund : .payment))
        }
        var url: String?
        if leader.method.isCharge, let payment = try tx.payment(PaymentID(leader.entity)) {
            url = try scene.nextActionURL(of: payment, tx)
        }
        effects.add(.answer(caller, .entity(range, nextActionURL: url, replayed: true)))
    }

    /// The reply of a finished operation: the `after` of its event, or of its entity's newest.
    private func stored(
        _ operation: Operation, _ tx: borrowing TenantTransaction, _ effects: inout Effects
    ) throws(StorageError) -> Range<Int>? {
        var sequence = operation.replySequence
        if sequence == nil { sequence = try tx.newestSequence(of: operation.entity) }
        guard let sequence else { return nil }
        return try tx.withEventBytes(sequence) { bytes throws(StorageError) in effects.place(bytes) }
    }

    /// Shares the answer of an open operation.
    ///
    /// A key of its own is written first, so that it can be replayed.
    private func join(
        _ leader: Operation, _ caller: Caller, _ request: VerbRequest, _ scene: Scene,
        _ tx: borrowing TenantTransaction, _ effects: inout Effects
    ) throws(StorageError) {
        if waitingCount(effects) >= settings.waitingMax {
            return effects.refuse(caller, .busy(retryAfterMilliseconds: 1_000))
        }
        if request.requester.key != nil {
            var operation = scene.newOperation(request, entity: leader.entity, payment: leader.payment)
            operation.leader = leader.id
            _ = operation.finishSucceeded(replySequence: nil)
            try tx.insert(operation)
        }
        effects.add(.joined(leader, caller))
    }

    private func runningCount(_ effects: Effects) -> Int {
        flights.runningCount + effects.startedCount
    }

    private func waitingCount(_ effects: Effects) -> Int {
        flights.joinedCount + queues.count + effects.waitingCount
    }
}
