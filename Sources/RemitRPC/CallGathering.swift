/// What a service holds back of the calls of one read, to hand them over together.
///
/// It belongs to one connection of a door and is touched on that connection's thread alone. A class, for a service asks
/// with every call whether this is its own.
open class CallGathering {
    /// Holds nothing yet.
    public init() {}

    /// Hands over what was held back: no more calls of this read come.
    open func handOver() {
        preconditionFailure("Each gathering says to whom it hands over.")
    }
}
