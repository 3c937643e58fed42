/// What the peer accepts: the protocol's defaults, until its Hello says otherwise.
package struct PeerLimits: Sendable, Hashable {
    /// Bytes of body in one frame.
    package var frameBodySizeMax = 16_384
    /// Bytes of one message.
    package var messageSizeMax = 4 << 20
    /// Slots that a server accepts.
    package var slotsMax = 256
    /// Bytes that may be sent on a slot at first.
    package var windowSize = 65_536
    /// Milliseconds of silence after which the peer pings; 0: never.
    package var keepaliveMilliseconds = 0

    /// The protocol's defaults.
    package init() {}

    /// The limits in a Hello, where 0 means the default; nil when one is outside its range.
    package init?(
        frameBodySizeMax: UInt32, messageSizeMax: UInt32, slotsMax: UInt32, windowBytes: UInt32, keepalive: UInt32
    ) {
        func choose(_ value: UInt32, _ range: ClosedRange<UInt32>, _ fallback: Int) -> Int? {
            guard value != 0 else { return fallback }
            return range.contains(value) ? Int(value) : nil
        }
        guard let frame = choose(frameBodySizeMax, 1_024...16_384, self.frameBodySizeMax),
            let message = choose(messageSizeMax, 16_384...67_108_864, self.messageSizeMax),
            let slots = choose(slotsMax, 1...65_536, self.slotsMax),
            let window = choose(windowBytes, 16_384...1_048_576, self.windowSize)
        else { return nil }
        self.frameBodySizeMax = frame
        self.messageSizeMax = message
        self.slotsMax = slots
        windowSize = window
        keepaliveMilliseconds = Int(keepalive)
    }
}
