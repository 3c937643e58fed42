/// What one side of a connection accepts; each number is named in PROTOCOL.md.
package struct ConnectionLimits: Sendable, Hashable {
    /// Bytes of body in one frame: small enough that calls interleave, large enough that headers don't count.
    package var frameBodySizeMax = 16_384
    /// Bytes of meta in one frame: twice the metadata's limit.
    package var metaSizeMax = 16_384
    /// Bytes of one message: the largest that a payment's request or page of events needs, times ten.
    package var messageSizeMax = 4 << 20
    /// Slots: calls at once on one connection.
    package var slotsMax = 256
    /// Bytes that may be sent on a slot before the receiver grants more.
    package var windowSize = 65_536
    /// Bytes of incomplete messages that one connection may hold.
    package var reassemblySizeMax = 8 << 20
    /// PING frames: at once, and each second.
    package var pings = TokenBucket.Rate(burst: 16, perSecond: 2)
    /// WINDOW frames: a reader of 16 KiB messages at 100 MB/s needs 6,000 each second.
    package var windows = TokenBucket.Rate(burst: 8_192, perSecond: 8_192)
    /// CANCEL frames: every call of four full connections, each second.
    package var cancels = TokenBucket.Rate(burst: 1_024, perSecond: 1_024)

    /// The protocol's defaults, which hold until a Hello says otherwise.
    package init() {}
}
