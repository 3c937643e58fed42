import Histogram
import RemitClient
import RemitRPC

/// One workload at one count of calls in flight: a closed loop, after a warm-up of a tenth.
struct LoadRun {
    let client: RemitClient
    let workload: Workload
    let inFlight: Int
    let seconds: Double
    let pid: Int32?

    private struct Tally: Sendable {
        var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
        var calls = 0
        var failures = 0
    }

    func measure() async throws -> LoadResult {
        let calls = try await WorkloadCalls(workload, client: client)
        _ = await loop(calls, seconds: seconds / 10, offset: 0)
        let cpuBefore = pid.flatMap { ProcessorTime.milliseconds(of: $0) }
        let start = ContinuousClock.now
        let tally = await loop(calls, seconds: seconds, offset: 1 << 40)
        let elapsed = start.duration(to: .now) / .seconds(1)
        let cpuAfter = pid.flatMap { ProcessorTime.milliseconds(of: $0) }
        var cpu: Double?
        if let cpuBefore, let cpuAfter, tally.calls > 0 { cpu = (cpuAfter - cpuBefore) * 1_000 / Double(tally.calls) }
        return LoadResult(
            workload: workload, inFlight: inFlight, calls: tally.calls, failures: tally.failures,
            callsPerSecond: Double(tally.calls) / elapsed,
            p50Microseconds: Double(tally.latencies.valueAtPercentile(50)) / 1_000,
            p99Microseconds: Double(tally.latencies.valueAtPercentile(99)) / 1_000, serverMicrosecondsPerCall: cpu)
    }

    private func loop(_ calls: WorkloadCalls, seconds: Double, offset: Int) async -> Tally {
        let end = ContinuousClock.now + .seconds(seconds)
        return await withTaskGroup(of: Tally.self) { group in
            for worker in 0..<inFlight {
                group.addTask { await Self.work(calls, until: end, from: offset + worker << 28) }
            }
            var sum = Tally()
            for await tally in group {
                sum.calls += tally.calls
                sum.failures += tally.failures
                for value in tally.latencies.recordedValues() { sum.latencies.record(value.value, count: value.count) }
            }
            return sum
        }
    }

    @concurrent private static func work(
        _ calls: WorkloadCalls, until end: ContinuousClock.Instant, from first: Int
    ) async -> Tally {
        var tally = Tally()
        var index = first
        var now = ContinuousClock.now
        while now < end {
            do throws(RPCError) {
                try await calls.call(index)
            } catch {
                tally.failures += 1
            }
            index += 1
            let done = ContinuousClock.now
            tally.latencies.record(UInt64(now.duration(to: done) / .nanoseconds(1)))
            tally.calls += 1
            now = done
        }
        return tally
    }
}
