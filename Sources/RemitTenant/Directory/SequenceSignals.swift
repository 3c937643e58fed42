import RemitDomain
import Synchronization

/// Tells subscribers that a tenant has newer events than they have seen.
///
/// It holds numbers, no events.
///
/// A subscriber doesn't keep its tenant open: it waits here, and reads when there is something to read.
final class SequenceSignals: Sendable {
    /// Why a wait is over.
    enum Ended: Sendable {
        /// There is a newer event.
        case isThere
        case canceled
        /// The process ends.
        case ending
    }

    private struct Waiter {
        var id: UInt64
        var after: Int64
        var continuation: CheckedContinuation<Ended, Never>
    }

    private struct State {
        var newest: [TenantID: Int64] = [:]
        var waiters: [TenantID: [Waiter]] = [:]
        var nextID: UInt64 = 0
        var isEnding = false
    }

    private let state = Mutex(State())

    /// The tenant's newest event has this number.
    func eventsAre(_ sequence: Int64, in tenant: TenantID) {
        let ready = state.withLock { state -> [Waiter] in
            state.newest[tenant] = max(state.newest[tenant] ?? 0, sequence)
            guard let waiters = state.waiters[tenant] else { return [] }
            let rest = waiters.filter { $0.after >= sequence }
            state.waiters[tenant] = rest.isEmpty ? nil : rest
            return waiters.filter { $0.after < sequence }
        }
        for waiter in ready { waiter.continuation.resume(returning: .isThere) }
    }

    /// Waits until the tenant has an event after `sequence`, the process ends, or the task is canceled.
    ///
    /// Read first, then wait with the last number read: an event committed in between is known here already.
    func wait(after sequence: Int64, in tenant: TenantID) async -> Ended {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ended = state.withLock { state -> Ended? in
                    if state.newest[tenant] ?? 0 > sequence { return .isThere }
                    if state.isEnding { return .ending }
                    if Task.isCancelled { return .canceled }
                    let waiter = Waiter(id: id, after: sequence, continuation: continuation)
                    state.waiters[tenant, default: []].append(waiter)
                    return nil
                }
                if let ended { continuation.resume(returning: ended) }
            }
        } onCancel: {
            release(id, in: tenant)
        }
    }

    /// Lets every waiter go: the process ends.
    func end() {
        let all = state.withLock { state -> [Waiter] in
            state.isEnding = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap { $0 }
        }
        for waiter in all { waiter.continuation.resume(returning: .ending) }
    }

    private func release(_ id: UInt64, in tenant: TenantID) {
        let waiter = state.withLock { state -> Waiter? in
            guard var waiters = state.waiters[tenant], let index = waiters.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            let waiter = waiters.remove(at: index)
            state.waiters[tenant] = waiters.isEmpty ? nil : waiters
            return waiter
        }
        waiter?.continuation.resume(returning: .canceled)
    }
}
