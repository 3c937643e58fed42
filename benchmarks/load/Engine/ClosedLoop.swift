import RemitClient
import RemitRPC
import Synchronization

/// Callers of whom each waits for its answer before it calls again.
///
/// The next call is made where the last one's answer arrives, on the connection's event loop, so that all calls of one
/// turn leave in one write.
struct ClosedLoop: Sendable {
    let clients: [RemitClient]
    let callers: Int
    let chooser: TenantChooser
    let window: Window

    /// Failures in a row after which a caller gives up: a server that is gone gives no figures, however long it is asked.
    static let failuresInRowMax = 100

    /// Calls until the window's end; a call that was sent before ends in its own time.
    func run(_ scenario: some Scenario, _ recorders: [Recorder]) async {
        let inFlight = InFlight()
        for caller in 0..<callers where inFlight.begin(max: callers) {
            let caller = Caller(
                loop: self, scenario: scenario, number: caller, recorder: recorders[caller % recorders.count],
                inFlight: inFlight)
            caller.next(at: Moment.now)
        }
        inFlight.close()
        await inFlight.drained()
    }

    /// One of them: at any time it has one call, whose end makes the next.
    private final class Caller<Calls: Scenario>: Sendable {
        private struct State {
            var number: Int
            var chooser: TenantChooser
            var failuresInRow = 0
        }

        private let scenario: Calls
        private let client: RemitClient
        private let window: Window
        private let callers: Int
        private let recorder: Recorder
        private let inFlight: InFlight
        private let state: Mutex<State>

        init(loop: ClosedLoop, scenario: Calls, number: Int, recorder: Recorder, inFlight: InFlight) {
            self.scenario = scenario
            client = loop.clients[number % loop.clients.count]
            window = loop.window
            callers = loop.callers
            self.recorder = recorder
            self.inFlight = inFlight
            state = Mutex(State(number: number, chooser: loop.chooser.copy(seed: UInt64(number), turn: number)))
        }

        func next(at start: UInt64) {
            let next = state.withLock { state -> (number: Int, tenant: Int)? in
                guard start < window.end, state.failuresInRow < ClosedLoop.failuresInRowMax else { return nil }
                defer { state.number += callers }
                return (state.number, state.chooser.next(step: callers))
            }
            guard let next else { return inFlight.end() }
            client.send(scenario, next.number, tenant: next.tenant) { [self] outcome in
                let end = Moment.now
                recorder.record(outcome, intended: start, end: end, tenant: next.tenant)
                state.withLock { state in
                    if case .good = outcome { state.failuresInRow = 0 } else { state.failuresInRow += 1 }
                }
                self.next(at: end)
            }
        }
    }
}

extension RemitClient {
    /// Makes a call, checks its answer, and says on the connection's event loop how it ended.
    func send(
        _ scenario: some Scenario, _ number: Int, tenant: Int, then ended: @escaping @Sendable (CallOutcome) -> Void
    ) {
        let call = scenario.call(number, tenant: tenant)
        unary(call.method, request: call.request, options: call.options) { answer, info in
            switch answer {
            case .success(let bytes):
                do throws(RPCError) {
                    try scenario.check(bytes, info, to: number, tenant: tenant)
                    ended(.good)
                } catch {
                    ended(CallOutcome(error))
                }
            case .failure(let error): ended(CallOutcome(error))
            }
        }
    }
}
