import Foundation

/// The time of day as log lines show it.
enum LogTimestamp {
    /// Now, in RFC 3339 with milliseconds, UTC.
    static func now() -> String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
