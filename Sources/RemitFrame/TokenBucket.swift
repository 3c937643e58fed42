/// Bounds how often something may happen; the time is the caller's.
package struct TokenBucket: Sendable, Hashable {
    /// How many at once, and how many each second.
    package struct Rate: Sendable, Hashable {
        package var burst: UInt32
        package var perSecond: UInt32

        package init(burst: UInt32, perSecond: UInt32) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    private let rate: Rate
    private var tokens: UInt64
    private var filled: UInt64

    /// A full bucket at `now`, in nanoseconds.
    package init(_ rate: Rate, now: UInt64) {
        self.rate = rate
        tokens = UInt64(rate.burst)
        filled = now
    }

    /// Takes one token; false if there is none.
    package mutating func take(now: UInt64) -> Bool {
        if rate.perSecond > 0, now > filled {
            let nanosecondsPerToken = 1_000_000_000 / UInt64(rate.perSecond)
            let gained = (now - filled) / nanosecondsPerToken
            if gained > 0 {
                tokens = min(UInt64(rate.burst), tokens + gained)
                filled += gained * nanosecondsPerToken
            }
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
