/// The answer to one call; its bytes, if it has any, are ranges of a buffer that many answers share.
public struct Reply: Sendable {
    /// What the caller gets.
    public enum Body: Sendable {
        /// The response message's bytes.
        case message(Range<Int>)
        /// A response whose one sub-message, field `number` (1 to 15), is `message`; `suffix` is appended to it as it is.
        case field(number: UInt8, message: Range<Int>, suffix: Range<Int>)
        /// The end of a stream that went well.
        case endOfStream
        /// Why it failed.
        case failure(RPCError)
    }

    /// The call that is answered.
    public var call: CallID
    /// What the caller gets.
    public var body: Body
    /// Whether the answer is that of an earlier call with the same idempotency key.
    public var replayed: Bool

    /// The answer `body` to `call`.
    public init(_ call: CallID, _ body: Body, replayed: Bool = false) {
        self.call = call
        self.body = body
        self.replayed = replayed
    }
}

extension Reply {
    /// The response message's bytes, taken from the buffer that the ranges lie in; empty for an end or an error.
    public func message(from bytes: [UInt8]) -> [UInt8] {
        switch body {
        case .message(let range):
            return range == 0..<bytes.count ? bytes : Array(bytes[range])
        case .field(let number, let message, let suffix):
            var result: [UInt8] = []
            result.reserveCapacity(message.count + suffix.count + 6)
            result.append(number << 3 | 2)
            Reply.appendVarint(message.count, to: &result)
            result += bytes[message]
            result += bytes[suffix]
            return result
        case .endOfStream, .failure:
            return []
        }
    }

    private static func appendVarint(_ number: Int, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Answers to many calls of one door, over one buffer.
public struct ReplyBatch: Sendable {
    /// The buffer that the replies' ranges lie in.
    public var bytes: [UInt8]
    /// The answers.
    public var replies: [Reply]

    /// The answers `replies` over `bytes`.
    public init(bytes: [UInt8], replies: [Reply]) {
        self.bytes = bytes
        self.replies = replies
    }
}
