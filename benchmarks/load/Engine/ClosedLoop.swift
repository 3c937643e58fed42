import RemitClient
import RemitRPC
import Synchronization

/// Callers of whom each waits for its answer before it calls again.
///
/// The next call is made where the last one's answer arrives, on the connection's event loop, so that all calls of one
/// turn leave in one write.
struct ClosedLoop: Sendable {
    let callers: Int
    let chooser: TenantChooser
    let window: Window
    /// How many calls are made at most, whatever time is left.
    var callsMax = Int.max

    /// Failures in a row after which a caller gives up: a server that is gone gives no figures, however long it is asked.
    static let failuresInRowMax = 100

    /// Calls until the window's end; a call that was sent before ends in its own time.
    func run(_ scenario: some Scenario, over clients: [some ClientChannel], _ recorders: [Recorder]) async {
        let inFlight = InFlight()
        for caller in 0..<callers where inFlight.begin(max: callers) {
            let caller = Caller(
                loop: self, scenario: scenario, client: clients[caller % clients.count], number: caller,
                recorder: recorders[caller % recorders.count], inFlight: inFlight)
            caller.begin()
        }
        inFlight.close()
        await inFlight.drained()
    }

    /// One of them: at any time it has one call, whose end makes the next.
    private final class Caller<Calls: Scenario, Channel: ClientChannel>: Sendable {
        private struct State {
            var number: Int
            var chooser: TenantChooser
            var failuresInRow = 0
            /// The call under way: whose it is, and when it began.
            var tenant = 0
            var start: UInt64 = 0
            /// What all calls end with: made once, since a caller has one call at a time; nil when it has ended.
            var completion: UnaryCompletion?
        }

        private let scenario: Calls
        private let client: Channel
        private let window: Window
        private let callers: Int
        private let callsMax: Int
        private let recorder: Recorder
        private let inFlight: InFlight
        private let state: Mutex<State>

        init(
            loop: ClosedLoop, scenario: Calls, client: Channel, number: Int, recorder: Recorder, inFlight: InFlight
        ) {
            self.scenario = scenario
            self.client = client
            window = loop.window
            callers = loop.callers
            callsMax = loop.callsMax
            self.recorder = recorder
            self.inFlight = inFlight
            let chooser = loop.chooser.copy(seed: UInt64(number), turn: number)
            state = Mutex(State(number: number - loop.callers, chooser: chooser))
        }

        func begin() {
            state.withLock { state in
                state.completion = { [self] answer, info in ended(answer, info) }
            }
            next(at: Moment.now, failed: false)
        }

        private func ended(_ answer: borrowing Result<Span<UInt8>, RPCError>, _ info: ResponseInfo) {
            let (number, tenant, start) = state.withLock { ($0.number, $0.tenant, $0.start) }
            let outcome = scenario.outcome(answer, info, of: number, tenant: tenant)
            let end = Moment.now
            recorder.record(outcome, intended: start, end: end, tenant: tenant)
            if case .good = outcome { next(at: end, failed: false) } else { next(at: end, failed: true) }
        }

        private func next(at start: UInt64, failed: Bool) {
            let next = state.withLock { state -> (number: Int, tenant: Int, completion: UnaryCompletion)? in
                state.failuresInRow = failed ? state.failuresInRow + 1 : 0
                guard start < window.end, state.failuresInRow < ClosedLoop.failuresInRowMax,
                    state.number < callsMax - callers, let completion = state.completion
                else {
                    state.completion = nil
                    return nil
                }
                state.number += callers
                state.tenant = state.chooser.next(step: callers)
                state.start = start
                return (state.number, state.tenant, completion)
            }
            guard let next else { return inFlight.end() }
            let call = scenario.call(next.number, tenant: next.tenant)
            client.unary(call.method, request: call.request, options: call.options, then: next.completion)
        }
    }
}

extension Scenario {
    /// How a call ended, its answer held against what was asked for.
    func outcome(
        _ answer: borrowing Result<Span<UInt8>, RPCError>, _ info: ResponseInfo, of number: Int, tenant: Int
    ) -> CallOutcome {
        switch answer {
        case .success(let bytes):
            do throws(RPCError) {
                try check(bytes, info, to: number, tenant: tenant)
                return .good
            } catch {
                return CallOutcome(error)
            }
        case .failure(let error): return CallOutcome(error)
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
            ended(scenario.outcome(answer, info, of: number, tenant: tenant))
        }
    }
}
