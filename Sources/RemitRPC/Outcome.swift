/// What an error means for the work that was asked for.
public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
    /// Nothing was changed.
    case none = 1
    /// The work was done and its result is a recorded failure, such as a decline; the same key gives it again.
    case failure = 2
    /// It isn't known whether it happened: ask again with the same idempotency key, or look the operation up.
    case unknown = 3
}
