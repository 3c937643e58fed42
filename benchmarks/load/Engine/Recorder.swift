import Histogram
import Synchronization

/// Counts calls of one part of a run, from any thread.
final class Recorder: Sendable {
    private let window: Window
    private let tenants: TenantLatencies?
    /// Whether good calls are also kept by the second.
    private let keepsSeconds: Bool
    private let tally = Mutex(Tally())
    private let sent = Atomic<Int>(0)

    init(_ window: Window, tenants: TenantLatencies? = nil, keepsSeconds: Bool = false) {
        self.window = window
        self.tenants = tenants
        self.keepsSeconds = keepsSeconds
    }

    /// Counts a call that was meant to be sent at `intended` and ended at `end`.
    ///
    /// It counts when it was meant for the window; its answer counts for the rate when it came within it.
    func record(_ outcome: CallOutcome, intended: UInt64, end: UInt64, tenant: Int) {
        let isMeasured = window.contains(intended)
        let latency = end > intended ? end - intended : 0
        tally.withLock { tally in
            guard case .good = outcome else {
                if isMeasured { tally.count(outcome) }
                return
            }
            if window.contains(end) { tally.answers += 1 }
            guard isMeasured else { return }
            _ = tally.latencies.record(latency)
            guard keepsSeconds else { return }
            let second = Int((intended - window.start) / 1_000_000_000)
            while tally.seconds.count <= second {
                tally.seconds.append(EmptyHistogram.coarse)
            }
            _ = tally.seconds[second].record(latency)
        }
        guard isMeasured, let tenants else { return }
        if case .good = outcome { tenants.record(latency, tenant: tenant) } else { tenants.recordMiss(tenant: tenant) }
    }

    /// Counts a call that is sent, or can't be, at `now`.
    func recordSend(intended: UInt64, now: UInt64, isDropped: Bool) {
        if !isDropped, window.contains(now) { sent.wrappingAdd(1, ordering: .relaxed) }
        let isLate = now > intended + Tally.lateNanoseconds
        guard isLate || isDropped, window.contains(intended) else { return }
        tally.withLock { tally in
            if isDropped { tally.dropped += 1 } else { tally.late += 1 }
        }
    }

    /// What was counted so far.
    var counted: Tally {
        var counted = tally.withLock { $0 }
        counted.sent = sent.load(ordering: .relaxed)
        return counted
    }

    /// Good answers so far; cheap.
    var answers: Int { tally.withLock { $0.answers } }
}
