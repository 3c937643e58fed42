import DequeModule
import RemitDomain
import RemitStorage

extension TenantCore {
    /// What a committed batch has earned.
    func committed(_ count: Int, _ effects: Effects) {
        members += Int64(count)
        isDirty = true
        let offset = deliveries.bytes.count
        deliveries.bytes += effects.bytes
        for effect in effects.list { carryOut(effect, offset) }
    }

    private func carryOut(_ effect: Effect, _ offset: Int) {
        switch effect {
        case .answer(let caller, let result):
            deliver(caller, result.moved(by: offset))
        case .started(let operation, let version, let caller):
            flights.start(operation.id, version: version, caller)
            if let call = operation.prepared { start(.send(operation.id, call)) }
        case .joined(let leader, let caller):
            flights.join(leader.id, caller)
        case .mustWait(let payment, let member):
            wait(member, for: payment)
        case .send(let operation, let call):
            start(.send(operation, call))
        case .lookUp(let operation, let call):
            start(.lookUp(operation, call))
        case .fetch(let due):
            start(.fetch(due))
        case .awaits(let operation, let otherwise):
            flights.awaits(operation, otherwise: otherwise)
        case .landed(let operation, let payment, let result):
            for caller in flights.land(operation) { deliver(caller, result.moved(by: offset)) }
            if let payment { admitNext(of: payment) }
        case .passed(let payment):
            admitNext(of: payment)
        case .received:
            mayHaveInbox = true
        }
    }

    private func start(_ work: ProcessorWork) {
        outstanding += 1
        self.work.append(work)
    }

    private func wait(_ member: VerbMember, for payment: PaymentID) {
        guard flights.joinedCount + queues.count < settings.waitingMax else {
            return deliver(member.caller, .refused(.busy(retryAfterMilliseconds: 1_000)))
        }
        // Nothing of it was executed: its deadline ends it with that outcome, and it is never run after it.
        guard member.caller.pause() else { return }
        var member = member
        member.until = member.until ?? clock.now() + settings.lockWaitMilliseconds
        queues.insert(member, for: payment)
    }

    /// A payment's lock may be free: who waits longest, and is still there, tries.
    func admitNext(of payment: PaymentID) {
        while var member = queues.popFirst(of: payment) {
            guard member.caller.begin() else { continue }
            member.queue = payment
            backlog.append(.verb(member))
            return
        }
    }
}

extension DeliveryResult {
    /// The same result, in bytes that were appended to others.
    fileprivate func moved(by offset: Int) -> DeliveryResult {
        guard case .entity(let range, let url, let replayed) = self else { return self }
        return .entity(
            range.lowerBound + offset..<range.upperBound + offset, nextActionURL: url, replayed: replayed)
    }
}
