import RemitDomain

/// A clock that stands still.
struct ManualClock: WallClock {
    var time = Timestamp(seconds: 1_750_000_000)

    func now() -> Timestamp { time }
}
