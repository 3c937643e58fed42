import Foundation
import RemitClient

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
                client.send(scenario, callNumber, tenant: tenant) { outcome in
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
