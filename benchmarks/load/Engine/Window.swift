/// The time that counts: what is meant to be sent before is warm-up, after it nothing is sent.
struct Window: Sendable {
    let start: UInt64
    let end: UInt64

    /// Begins after the warm-up, counted from `now`.
    init(from now: UInt64 = Moment.now, warmUp: Duration, duration: Duration) {
        start = now + UInt64(warmUp / .nanoseconds(1))
        end = start + UInt64(duration / .nanoseconds(1))
    }

    func contains(_ moment: UInt64) -> Bool { moment >= start && moment < end }

    var seconds: Double { Double(end - start) / 1_000_000_000 }
}
