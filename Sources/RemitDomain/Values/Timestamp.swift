/// A moment: Unix time in milliseconds, UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A moment from Stripe, which counts whole seconds.
    package init(seconds: Int64) {
        milliseconds = seconds * 1_000
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    package static func + (lhs: Self, milliseconds: Int64) -> Self {
        Self(milliseconds: lhs.milliseconds + milliseconds)
    }

    /// The distance in milliseconds, positive when `lhs` is later.
    package static func - (lhs: Self, rhs: Self) -> Int64 { lhs.milliseconds - rhs.milliseconds }
}
