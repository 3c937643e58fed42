import Foundation

/// What a run of the load tool found, with where it ran.
struct LoadReport: Codable {
    /// The machine.
    struct Environment: Codable {
        var system: String
        var cores: Int
        var date: String

        static var current: Environment {
            let information = ProcessInfo.processInfo
            return Environment(
                system: information.operatingSystemVersionString, cores: information.activeProcessorCount,
                date: Date().formatted(.iso8601))
        }
    }

    var environment: Environment
    var results: [LoadResult]
}

/// One workload's figures.
struct LoadResult: Codable {
    var workload: Workload
    var inFlight: Int
    var calls: Int
    var failures: Int
    var callsPerSecond: Double
    var p50Microseconds: Double
    var p99Microseconds: Double
    /// CPU time of the server a call; nil where its process isn't known.
    var serverMicrosecondsPerCall: Double?

    static let header = "workload  in flight     calls/s     p50 µs     p99 µs  server CPU µs  failures"

    var line: String {
        let cpu = serverMicrosecondsPerCall.map { String(format: "%.1f", $0) } ?? "-"
        return workload.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            + String(
                format: "  %9d  %10.0f  %9.0f  %9.0f  ", inFlight, callsPerSecond, p50Microseconds, p99Microseconds)
            + String(repeating: " ", count: max(0, 13 - cpu.count)) + cpu + String(format: "  %8d", failures)
    }
}
