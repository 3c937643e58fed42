/// The fields of a message as numbers and ranges of the bytes that it was made from; nothing is copied.
///
/// Made in one pass that checks all that decoding would, and refuses the same bytes with the same error. A `string` or
/// `bytes` field is the range of its content: `bytes.extracting(view.id)` lends it, `bytes.string(at: view.id)` copies
/// it. A view doesn't hold the bytes: whoever reads through it passes the same ones again. Unknown fields are checked
/// and not kept, for the bytes have them.
///
/// Nothing is allocated, with two exceptions: a field through which a message may contain itself, and a
/// sub-message that comes in several pieces whose repeated fields do, too.
public protocol MessageView: WireDecodable {
    /// The message whose bytes it reads.
    associatedtype Viewed: Message
}

extension MessageView {
    /// The full name of the message, with its package.
    @inlinable
    public static var fullName: String { Viewed.fullName }

    /// What the decoded message takes in place, in bytes.
    @inlinable
    public static var decodedSize: Int { MemoryLayout<Viewed>.size }

    /// A view of all of `span`, whose fields are checked.
    @inlinable
    public init(validating span: Span<UInt8>, limits: DecodingLimits = .default) throws(WireError) {
        self.init()
        try mergeAll(of: span, limits: limits)
    }

    /// A view of all of `bytes`, whose fields are checked within the default limits.
    @inlinable
    public init(validating bytes: [UInt8]) throws(WireError) {
        try self.init(validating: bytes.span)
    }
}

/// A message that can be read in place, through a view.
public protocol ViewedMessage: Message {
    /// Its view.
    associatedtype View: MessageView where View.Viewed == Self
}

extension Span<UInt8> {
    /// The text at a range that a view told of a `string` field.
    ///
    /// Traps if the range isn't one of these bytes; of other bytes than the view's, what isn't UTF-8 is replaced.
    @inlinable
    public func string(at range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
