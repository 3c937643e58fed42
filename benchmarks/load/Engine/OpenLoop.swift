import Foundation
import RemitClient
import Synchronization

/// Calls that are sent when they are due, whether or not those before were answered: as the world calls.
///
/// A call's latency begins when it was meant to be sent, so that waiting in the generator counts too.
struct OpenLoop: Sendable {
    let clients: [RemitClient]
    let schedule: ArrivalSchedule
    /// Calls in flight beyond which none is sent: they are counted as dropped.
    let inFlightMax: Int
    let chooser: TenantChooser
    let window: Window

    /// Calls that were sent and aren't over.
    private final class InFlight: Sendable {
        private struct State {
            var count = 0
            var isOver = false
            var waiter: CheckedContinuation<Void, Never>?
        }

        private let state = Mutex(State())

        /// One more, unless `max` are in flight already.
        func begin(max: Int) -> Bool {
            state.withLock { state in
                guard state.count < max else { return false }
                state.count += 1
                return true
            }
        }

        func end() {
            finish { $0.count -= 1 }
        }

        /// No call follows.
        func close() {
            finish { $0.isOver = true }
        }

        /// Returns when it is closed and the last call is over.
        func drained() async {
            await withCheckedContinuation { continuation in
                finish { $0.waiter = continuation }
            }
        }

        private func finish(_ change: (inout State) -> Void) {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                change(&state)
                return state.isOver && state.count == 0 ? state.waiter.take() : nil
            }
            waiter?.resume()
        }
    }

    /// Sends until the window's end, and returns when the last answer has come.
    ///
    /// A window that is the run's first begins with its warm-up, at `begin`.
    func run(_ scenario: some Scenario, begin: UInt64, _ recorders: [Recorder]) async {
        let inFlight = InFlight()
        // The sender sleeps and must wake in time: no thread that calls share may do that.
        let thread = Thread { send(scenario, begin: begin, recorders, inFlight) }
        thread.name = "sender"
        thread.start()
        await inFlight.drained()
    }

    private func send(_ scenario: some Scenario, begin: UInt64, _ recorders: [Recorder], _ inFlight: InFlight) {
        var schedule = schedule
        var chooser = chooser
        var number = 0
        var now = Moment.now
        while true {
            let intended = begin + schedule.next()
            guard intended < window.end else { break }
            if intended > now {
                Moment.wait(until: intended)
                now = Moment.now
            }
            let tenant = chooser.next()
            let recorder = recorders[number % recorders.count]
            let isSent = inFlight.begin(max: inFlightMax)
            recorder.recordSend(intended: intended, now: now, isDropped: !isSent)
            if isSent {
                let client = clients[number % clients.count]
                let callNumber = number
                // A call outlives the turn that sends it; `inFlight` knows it and is waited for.
                Task {
                    let outcome = await client.outcome(of: scenario, callNumber, tenant: tenant)
                    recorder.record(outcome, intended: intended, end: Moment.now, tenant: tenant)
                    inFlight.end()
                }
            }
            number += 1
            // While it is behind, the clock is read now and then only: the calls are late in any case.
            if number.isMultiple(of: 16) { now = Moment.now }
        }
        inFlight.close()
    }
}

extension OpenLoop {
    /// As many calls as a server's connections take at once.
    static func inFlightMax(connections: Int) -> Int { connections * 256 }
}
