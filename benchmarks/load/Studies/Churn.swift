import RemitAPI
import RemitClient
import RemitRPC
import RemitWire

/// Connections that are opened, used for one echo, and closed, by so many callers at once.
///
/// A latency goes from the first packet to the echo: TCP, TLS, both sides' HELLO, one call. Afterwards the server may
/// hold no descriptor more than before.
struct Churn {
    let bench: LoadBench
    let row: LoadRow
    let callers: Int

    func sample() async throws -> LoadSample {
        let scenario = EchoScenario(tenants: [])
        let before = bench.probe.process?.descriptors
        let window = Window(warmUp: bench.warmUp, duration: bench.duration)
        let recorder = Recorder(window, keepsSeconds: true)
        bench.progress.watch([recorder], window)
        let (target, probe, key) = (bench.target, bench.probe, bench.stock.apiKey)
        async let cpu = probe.cpuMicroseconds(in: window)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var failures = 0
                    var start = Moment.now
                    while start < window.end, failures < ClosedLoop.failuresInRowMax {
                        let outcome = await Self.visit(target, key, scenario)
                        let end = Moment.now
                        recorder.record(outcome, intended: start, end: end, tenant: 0)
                        if case .good = outcome { failures = 0 } else { failures += 1 }
                        start = end
                    }
                }
            }
        }
        var sample = LoadSample(seconds: window.seconds)
        sample.take(try await cpu)
        sample.tally = recorder.counted
        if let failure = sample.tally.failure { Output.error("A call failed: \(failure)") }
        sample.addTimeline()
        if let before { try await Self.judgeDescriptors(&sample, before, probe) }
        return sample
    }

    private static func visit(
        _ target: TargetOptions.Target, _ key: String?, _ scenario: EchoScenario
    ) async -> CallOutcome {
        do throws(RPCError) {
            guard let client = try await target.connect(1, apiKey: key).first else {
                preconditionFailure("One connection was asked for.")
            }
            let call = scenario.call(0, tenant: 0)
            let outcome: CallOutcome
            do throws(RPCError) {
                let answer = try await client.unary(call.method, request: call.request.encoded(), options: call.options)
                try scenario.check(answer.message.span, answer.info, to: 0, tenant: 0)
                outcome = .good
            } catch {
                outcome = CallOutcome(error)
            }
            await client.close()
            return outcome
        } catch {
            return CallOutcome(error)
        }
    }

    /// Waits for the server to let go of what it holds; within 10 s.
    private static func judgeDescriptors(
        _ sample: inout LoadSample, _ before: Int, _ probe: ServerProbe
    ) async throws {
        var after = before
        for _ in 0..<100 {
            after = probe.process?.descriptors ?? before
            if after <= before { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let left = max(0, after - before)
        sample.others[.descriptorsLeft] = Double(left)
        sample.remarks.append("The server held \(before) descriptors before, and holds \(after) now.")
        sample.tally.failed += left
    }
}
