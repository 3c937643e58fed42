/// The time of day, from outside, so that a seed can replay a whole run.
package protocol WallClock: Sendable {
    func now() -> Timestamp
}
