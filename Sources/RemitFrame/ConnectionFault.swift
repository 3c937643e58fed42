/// Why a side ends a connection at once; the numbers are GOAWAY's codes.
package enum ConnectionFault: UInt32, Sendable, Hashable, CaseIterable {
    /// The first bytes aren't the magic.
    case wrongMagic = 1
    /// A frame that isn't allowed here, or isn't formed as it must be.
    case protocolViolation = 2
    /// A frame beyond the receiver's limits.
    case frameTooLarge = 3
    /// More bytes than were granted, or a grant beyond 2³¹ − 1.
    case windowExceeded = 4
    /// A REQUEST on a slot that is in use or out of range.
    case slotInUse = 5
    /// Too many PING, WINDOW or CANCEL frames.
    case flood = 6
    /// The credential is missing, wrong or revoked.
    case unauthenticated = 7
    /// The handshake, a started frame or a PONG took too long.
    case tooSlow = 8
    /// The peer doesn't read what it is sent.
    case slowReader = 9

    /// One sentence for logs.
    package var text: String {
        switch self {
        case .wrongMagic: "The connection must begin with REMIT/1 and a line feed."
        case .protocolViolation: "A frame breaks the protocol's rules."
        case .frameTooLarge: "A frame is larger than the receiver accepts."
        case .windowExceeded: "More bytes were sent or granted than the window allows."
        case .slotInUse: "A request came on a slot that is in use or out of range."
        case .flood: "Too many control frames came in too short a time."
        case .unauthenticated: "The credential is missing, wrong or revoked."
        case .tooSlow: "The peer took too long."
        case .slowReader: "The peer doesn't read what it is sent."
        }
    }
}
