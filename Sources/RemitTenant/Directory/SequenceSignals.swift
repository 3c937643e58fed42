import RemitDomain
import Synchronization

/// Tells subscribers that a tenant has newer events than they have seen. It holds numbers, no events.
///
/// A subscriber doesn't keep its tenant open: it waits here, and reads when there is something to read.
final class SequenceSignals: Sendable {
    private struct Waiter {
        var id: UInt64
        var after: Int64
        var continuation: CheckedContinuation<Void, Never>
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
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Returns when the tenant has an event after `sequence`, when the process ends, or when the task is canceled.
    ///
    /// Read first, then wait with the last number read: an event committed in between is known here already.
    func wait(after sequence: Int64, in tenant: TenantID) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isEnding, !Task.isCancelled else { return true }
                    guard state.newest[tenant] ?? 0 <= sequence else { return true }
                    let waiter = Waiter(id: id, after: sequence, continuation: continuation)
                    state.waiters[tenant, default: []].append(waiter)
                    return false
                }
                if isOver { continuation.resume() }
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
        for waiter in all { waiter.continuation.resume() }
    }

    private func release(_ id: UInt64, in tenant: TenantID) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters[tenant]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters[tenant]?.remove(at: index)
        }
        waiter?.continuation.resume()
    }
}
