import Foundation

/// What is read from the server's side while it is under load.
struct ServerProbe: Sendable {
    let process: ServerProcess?
    /// The operations listener.
    let operations: HostAndPort?

    /// This process, the generator.
    static let own = ServerProcess(id: Int(ProcessInfo.processInfo.processIdentifier))

    /// The server's CPU time so far; nil when its process isn't known.
    func cpuMicroseconds() throws(LoadFailure) -> Double? {
        guard let process else { return nil }
        guard let time = process.cpuMicroseconds else {
            throw LoadFailure("The server's process \(process.id) has ended.", isSetup: false)
        }
        return time
    }

    /// CPU time within a window that is yet to come: the server's, nil when its process isn't known, and this one's.
    func cpuMicroseconds(in window: Window) async throws -> (server: Double?, load: Double) {
        try await Self.sleep(until: window.start)
        let before = (try cpuMicroseconds(), Self.own.cpuMicroseconds ?? 0)
        try await Self.sleep(until: window.end)
        let after = (try cpuMicroseconds(), Self.own.cpuMicroseconds ?? 0)
        var server: Double?
        if let begin = before.0, let end = after.0 { server = end - begin }
        return (server, after.1 - before.1)
    }

    private static func sleep(until moment: UInt64) async throws {
        let now = Moment.now
        if moment > now { try await Task.sleep(for: .nanoseconds(Int64(moment - now))) }
    }

    /// GETs that the server has sent to Stripe so far; nil when its operations listener isn't known.
    func stripeReads() throws(LoadFailure) -> Int? {
        try count("remit_stripe_requests_total{method=\"GET\"}")
    }

    /// The same, once the server has worked off the webhooks that it got; within 10 s.
    func stripeReadsWhenQuiet() async throws -> Int? {
        guard operations != nil else { return nil }
        for _ in 0..<100 {
            let before = try stripeReads()
            try await Task.sleep(for: .milliseconds(100))
            if try count("remit_inbox_depth") == 0, try stripeReads() == before { break }
        }
        return try stripeReads()
    }

    /// Calls that the server has admitted and not answered, once there are none; within 10 s, else how many there are.
    func callsUnderWayWhenQuiet() async throws -> Int? {
        guard operations != nil else { return nil }
        for _ in 0..<100 {
            if try count("remit_calls_under_way") == 0 { return 0 }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try count("remit_calls_under_way")
    }

    private func count(_ name: String) throws(LoadFailure) -> Int? {
        guard let operations else { return nil }
        let text = try PlainHTTP.get("/metrics", from: operations)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        guard let value = line?.split(separator: " ").last.flatMap({ Double($0) }) else {
            throw LoadFailure("The operations listener has no \(name); is it this version's server?", isSetup: false)
        }
        return Int(value)
    }
}
