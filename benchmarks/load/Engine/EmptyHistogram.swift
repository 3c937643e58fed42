import Histogram

/// Histograms that are copied where one begins: they have room for all that calls take, and never grow.
///
/// One that grows does so value by value in code that isn't specialized. For each of 96 connections, as the first slow
/// answers come, that took the generator half a second, which its open loop then showed as the server's latency.
enum EmptyHistogram {
    /// Of nanoseconds, with three digits: 112 KiB.
    static let fine = upToTwoMinutes(.three, unitsPerSecond: 1_000_000_000)
    /// Of nanoseconds, with two digits: 15 KiB.
    static let coarse = upToTwoMinutes(.two, unitsPerSecond: 1_000_000_000)
    /// Of microseconds, with two digits: 10 KiB.
    static let microseconds = upToTwoMinutes(.two, unitsPerSecond: 1_000_000)

    /// Twice as long as the longest call; beyond it they do grow.
    private static func upToTwoMinutes(_ digits: SignificantDigits, unitsPerSecond: UInt64) -> Histogram<UInt32> {
        var histogram = Histogram<UInt32>(
            highestTrackableValue: 120 * unitsPerSecond, numberOfSignificantValueDigits: digits)
        histogram.autoResize = true
        return histogram
    }
}
