import RemitClient
import RemitRPC

/// Callers of whom each waits for its answer before it calls again.
struct ClosedLoop: Sendable {
    let clients: [RemitClient]
    let callers: Int
    let chooser: TenantChooser
    let window: Window

    /// Failures in a row after which a caller gives up: a server that is gone gives no figures, however long it is asked.
    static let failuresInRowMax = 100

    /// Calls until the window's end; a call that was sent before ends in its own time.
    func run(_ scenario: some Scenario, _ recorders: [Recorder]) async {
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    await call(scenario, from: caller, recorders[caller % recorders.count])
                }
            }
        }
    }

    @concurrent
    private func call(_ scenario: some Scenario, from caller: Int, _ recorder: Recorder) async {
        let client = clients[caller % clients.count]
        var chooser = chooser.copy(seed: UInt64(caller), turn: caller)
        var number = caller
        var failuresInRow = 0
        var start = Moment.now
        while start < window.end, failuresInRow < Self.failuresInRowMax {
            let tenant = chooser.next(step: callers)
            let outcome = await client.outcome(of: scenario, number, tenant: tenant)
            let end = Moment.now
            recorder.record(outcome, intended: start, end: end, tenant: tenant)
            if case .good = outcome { failuresInRow = 0 } else { failuresInRow += 1 }
            number += callers
            start = end
        }
    }
}

extension RemitClient {
    /// Makes a call and checks its answer.
    func outcome(of scenario: some Scenario, _ number: Int, tenant: Int) async -> CallOutcome {
        let call = scenario.call(number, tenant: tenant)
        do throws(RPCError) {
            let answer = try await unary(call.method, request: call.request, options: call.options)
            try scenario.check(LoadAnswer(message: answer.message, info: answer.info), to: number, tenant: tenant)
            return .good
        } catch {
            return CallOutcome(error)
        }
    }
}
