import NIOCore

/// What has deadlines of its own, on one event loop.
protocol Timed: AnyObject {
    /// The next moment to look at, in nanoseconds; `.max`: none.
    var nextCheck: UInt64 { get }

    /// Does what is due at `now`, and moves `nextCheck`.
    func check(_ now: UInt64)
}

/// The one timer of an event loop: deadlines are state of the connections, this only asks who is due.
// @unchecked: everything is touched on the event loop alone.
final class LoopTimer: @unchecked Sendable {
    let eventLoop: any EventLoop
    private var timed: [ObjectIdentifier: any Timed] = [:]
    private var scheduled: Scheduled<Void>?
    private var due = UInt64.max

    /// Moments closer than this are looked at together: no caller can tell 2 ms from the network's own jitter.
    private static let grain: UInt64 = 2_000_000

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func add(_ entry: any Timed) { timed[ObjectIdentifier(entry)] = entry }

    func remove(_ entry: any Timed) {
        timed[ObjectIdentifier(entry)] = nil
        guard timed.isEmpty else { return }
        scheduled?.cancel()
        scheduled = nil
        due = .max
    }

    /// Makes sure that the timer looks at `moment`.
    func need(_ moment: UInt64) {
        guard moment < due else { return }
        let rounded = moment &+ Self.grain < moment ? moment : moment + Self.grain
        guard rounded < due else { return }
        due = rounded
        scheduled?.cancel()
        scheduled = eventLoop.scheduleTask(deadline: .uptimeNanoseconds(rounded)) { self.fire() }
    }

    private func fire() {
        let now = NIODeadline.now().uptimeNanoseconds
        due = .max
        scheduled = nil
        for entry in Array(timed.values) where entry.nextCheck <= now { entry.check(now) }
        let next = timed.values.lazy.map(\.nextCheck).min() ?? .max
        if next != .max { need(max(next, now)) }
    }
}
