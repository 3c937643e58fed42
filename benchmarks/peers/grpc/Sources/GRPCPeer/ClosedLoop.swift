import Foundation
import Histogram
import Synchronization

/// Callers of whom each waits for its answer before it calls again.
struct ClosedLoop {
    let inFlight: Int
    let warmUp: Double
    let duration: Double
    let serverPid: Int?

    /// Where a run stands; its callers look before and after each call.
    private final class Phase: Sendable {
        static let warmingUp = 0
        static let measured = 1
        static let over = 2
        let value = Atomic<Int>(warmingUp)

        var now: Int { value.load(ordering: .acquiring) }

        func enter(_ phase: Int) { value.store(phase, ordering: .releasing) }
    }

    /// What one caller saw.
    private struct Seen: Sendable {
        var latencies = Seen.empty
        var failures = 0
        var failure: (any Error)?

        /// Nanoseconds, with room for two minutes: one that grows does so slowly, while calls wait.
        private static let empty = {
            var histogram = Histogram<UInt32>(
                highestTrackableValue: 120_000_000_000, numberOfSignificantValueDigits: .three)
            histogram.autoResize = true
            return histogram
        }()
    }

    /// Runs the calls: warm-up, then the time that counts.
    func measure(_ calls: Calls) async throws -> LoadSample {
        let phase = Phase()
        let inFlight = inFlight
        return try await withThrowingTaskGroup(of: Seen.self) { group in
            for caller in 0..<inFlight { group.addTask { await Self.call(calls, from: caller, of: inFlight, phase) } }
            try await Task.sleep(for: .seconds(warmUp))
            let cpuBefore = cpuMicroseconds
            let start = ContinuousClock.now
            phase.enter(Phase.measured)
            try await Task.sleep(for: .seconds(duration))
            phase.enter(Phase.over)
            let elapsed = ContinuousClock.now - start
            let cpuAfter = cpuMicroseconds
            let seen = try await group.reduce(into: Seen()) { all, one in
                all.latencies.add(one.latencies)
                all.failures += one.failures
                all.failure = all.failure ?? one.failure
            }
            if let failure = seen.failure {
                FileHandle.standardError.write(Data("grpc-peer: A call failed: \(failure)\n".utf8))
            }
            var cpu: Double?
            if let cpuBefore, let cpuAfter { cpu = cpuAfter - cpuBefore }
            return LoadSample(
                latencies: seen.latencies, seconds: elapsed / .seconds(1), failures: seen.failures,
                cpuMicroseconds: cpu)
        }
    }

    private static func call(_ calls: Calls, from caller: Int, of callers: Int, _ phase: Phase) async -> Seen {
        var seen = Seen()
        var number = caller
        var failuresInRow = 0
        while phase.now != Phase.over {
            let start = ContinuousClock.now
            do {
                try await calls.call(number)
                failuresInRow = 0
            } catch {
                seen.failures += 1
                seen.failure = error
                failuresInRow += 1
                // A server that is gone gives no figures, however long it is asked.
                if failuresInRow == 100 { return seen }
            }
            number += callers
            guard phase.now == Phase.measured, failuresInRow == 0 else { continue }
            _ = seen.latencies.record(UInt64(max(0, (ContinuousClock.now - start) / .nanoseconds(1))))
        }
        return seen
    }

    /// User and system time of all the server's threads; nil when its process isn't known.
    private var cpuMicroseconds: Double? {
        guard let serverPid,
            let text = try? String(contentsOfFile: "/proc/\(serverPid)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        // proc_pid_stat(5): what follows the name begins with field 3; utime and stime are 14 and 15, in ticks.
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) * 1_000_000 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
