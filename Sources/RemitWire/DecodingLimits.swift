/// What one decoding may cost, whatever its bytes say.
public struct DecodingLimits: Hashable, Sendable {
    /// How deep messages and groups may be nested.
    ///
    /// 100, as in other implementations: each level costs stack.
    public var depthMax: Int
    /// How many bytes the decoded message may take in memory, roughly.
    ///
    /// An empty sub-message is two bytes on the wire and a hundred or more in memory. 32 MiB is eight times
    /// the largest message (4 MiB) that Remit's protocol carries; honest messages need two to five times their size.
    public var memoryMax: Int

    /// Creates limits; what isn't given has its default.
    public init(depthMax: Int = 100, memoryMax: Int = 32 << 20) {
        self.depthMax = depthMax
        self.memoryMax = memoryMax
    }

    /// The limits for bytes from a stranger.
    public static let `default` = DecodingLimits()
}
