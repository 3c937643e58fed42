import Histogram
import RemitRPC
import Synchronization

/// Callers of whom each waits for its answer before it calls again.
struct ClosedLoop {
    let inFlight: Int
    let warmUp: Duration
    let duration: Duration
    let probe: ServerProbe

    /// Where a run stands; its callers look before and after each call.
    private final class Phase: Sendable {
        static let warmingUp = 0
        static let measured = 1
        static let over = 2
        private let value = Atomic<Int>(warmingUp)

        var now: Int { value.load(ordering: .acquiring) }

        func enter(_ phase: Int) { value.store(phase, ordering: .releasing) }
    }

    /// What one caller saw.
    private struct Seen: Sendable {
        var latencies = Histogram<UInt32>(numberOfSignificantValueDigits: .three)
        var calls = 0
        var failures = 0
        var failure: RPCError?
    }

    /// Runs the scenario: warm-up, then the time that counts.
    func measure(_ scenario: some Scenario) async throws -> LoadSample {
        let phase = Phase()
        let inFlight = inFlight
        let before = try probe.stripeReads()
        return try await withThrowingTaskGroup(of: Seen.self) { group in
            for caller in 0..<inFlight {
                group.addTask { await Self.call(scenario, from: caller, of: inFlight, phase) }
            }
            try await Task.sleep(for: warmUp)
            let cpuBefore = try probe.cpuMicroseconds()
            let start = ContinuousClock.now
            phase.enter(Phase.measured)
            try await Task.sleep(for: duration)
            phase.enter(Phase.over)
            let elapsed = ContinuousClock.now - start
            let cpuAfter = try probe.cpuMicroseconds()
            let seen = try await group.reduce(into: Seen()) { all, one in
                all.latencies.add(one.latencies)
                all.calls += one.calls
                all.failures += one.failures
                all.failure = all.failure ?? one.failure
            }
            if let failure = seen.failure { Output.error("A call failed: \(failure)") }
            let reads = try await probe.stripeReadsWhenQuiet()
            return LoadSample(
                latencies: seen.latencies, seconds: elapsed / .seconds(1), failures: seen.failures,
                cpuMicroseconds: zip(cpuBefore, cpuAfter).map { $1 - $0 },
                stripeReadsPerCall: zip(before, reads).map { Double($1 - $0) / Double(max(1, seen.calls)) })
        }
    }

    /// One caller's loop; a call counts when it ends in the time that is measured.
    @concurrent
    private static func call(
        _ scenario: some Scenario, from caller: Int, of callers: Int, _ phase: Phase
    ) async -> Seen {
        var seen = Seen()
        var number = caller
        var failuresInRow = 0
        while phase.now != Phase.over {
            let start = ContinuousClock.now
            do throws(RPCError) {
                try await scenario.call(number)
                failuresInRow = 0
            } catch {
                seen.failures += 1
                seen.failure = error
                failuresInRow += 1
                // A server that is gone gives no figures, however long it is asked.
                if failuresInRow == 100 { return seen }
            }
            seen.calls += 1
            number += callers
            guard phase.now == Phase.measured, failuresInRow == 0 else { continue }
            _ = seen.latencies.record(UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1))))
        }
        return seen
    }

    /// Both, or nothing.
    private func zip<Value>(_ first: Value?, _ second: Value?) -> (Value, Value)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}
