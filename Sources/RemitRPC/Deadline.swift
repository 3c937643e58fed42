/// A moment on the system's monotonic clock (CLOCK_MONOTONIC), in nanoseconds since the clock's own start.
public struct Deadline: Sendable, Hashable, Comparable {
    /// Nanoseconds on the monotonic clock.
    public var nanoseconds: UInt64

    /// The moment at `nanoseconds` of the monotonic clock.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// A moment that never comes.
    public static let never = Deadline(nanoseconds: .max)

    /// The present moment.
    public static var now: Deadline {
        let (seconds, attoseconds) = SuspendingClock().systemEpoch.duration(to: .now).components
        return Deadline(nanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
    }

    /// The moment `nanoseconds` after `start`; never, where that is beyond the clock.
    @inlinable
    public static func after(nanoseconds: UInt64, from start: Deadline) -> Deadline {
        let (sum, overflow) = start.nanoseconds.addingReportingOverflow(nanoseconds)
        return Deadline(nanoseconds: overflow ? .max : sum)
    }

    /// Nanoseconds from `start` to this moment; 0 if it came before.
    @inlinable
    public func nanoseconds(since start: Deadline) -> UInt64 {
        nanoseconds > start.nanoseconds ? nanoseconds - start.nanoseconds : 0
    }

    /// Whether the left moment comes first.
    @inlinable
    public static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// Whole nanoseconds, at least 0; the largest number where there are more.
    public var nanosecondsClamped: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, overflowed) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflowed ? .max : sum
    }
}
