/// A moment on the process's monotonic clock, in nanoseconds since the clock's own start.
public struct Deadline: Sendable, Hashable, Comparable {
    /// Nanoseconds on the monotonic clock.
    public var nanoseconds: UInt64

    /// The moment at `nanoseconds` of the monotonic clock.
    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// A moment that never comes.
    public static let never = Deadline(nanoseconds: .max)

    /// The moment `nanoseconds` after `start`; never, where that is beyond the clock.
    @inlinable
    public static func after(nanoseconds: UInt64, from start: Deadline) -> Deadline {
        let (sum, overflow) = start.nanoseconds.addingReportingOverflow(nanoseconds)
        return Deadline(nanoseconds: overflow ? .max : sum)
    }

    /// Whether the left moment comes first.
    @inlinable
    public static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }
}
