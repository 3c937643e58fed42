/// A message that its window hasn't let through yet, and what follows it.
struct Outgoing {
    /// The message.
    var bytes: [UInt8]
    /// Bytes of it that were sent.
    var offset = 0
    /// Bytes that were taken from the window for it and not yet sent.
    var credit = 0
    /// Whether a frame of it was sent.
    var hasBegun = false
    /// Who waits for it to be sent.
    var sender: CheckedContinuation<Bool, Never>?
    /// The END's meta, if the message is the call's last.
    var end: End?

    struct End {
        var meta: [UInt8]
        var replayed: Bool
    }

    var remaining: Int { bytes.count - offset }
}
