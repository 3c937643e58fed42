/// Why bytes are not a message: what is wrong, and in which field.
public struct WireError: Error, Hashable, Sendable {
    /// What is wrong with the bytes.
    public enum Reason: Hashable, Sendable {
        /// The bytes end inside a field, a length or a group.
        case truncated
        /// A varint has more than ten bytes, or more than 64 bits.
        case malformedVarint
        /// A tag has more than 32 bits, field number 0 or wire type 6 or 7.
        case malformedTag
        /// A group ends that was not begun, or under another number.
        case unmatchedEndGroup
        /// The length of a packed field is not a multiple of its elements' width.
        case malformedPacked
        /// A `string` field is not UTF-8.
        case invalidUTF8
        /// Messages or groups are nested deeper than ``DecodingLimits/depthMax``.
        case tooDeep
        /// The decoded message would need more than ``DecodingLimits/memoryMax`` bytes.
        case tooLarge
    }

    /// What is wrong with the bytes.
    public var reason: Reason
    /// The number of the field that was being read, or 0 outside of any.
    public var field: Int
    /// The position in the input, in bytes, where reading stopped.
    public var offset: Int
    /// The full name of the innermost message that was being read, if it is known.
    public var message: String?

    /// Creates an error about a field.
    public init(_ reason: Reason, field: Int, offset: Int, message: String? = nil) {
        self.reason = reason
        self.field = field
        self.offset = offset
        self.message = message
    }

    /// The same error, told to have happened in `message` unless an inner message is named already.
    @usableFromInline
    func within(_ message: String) -> WireError {
        guard self.message == nil else { return self }
        return WireError(reason, field: field, offset: offset, message: message)
    }
}

extension WireError: CustomStringConvertible {
    /// A sentence for the sender of the bytes; it holds none of their content.
    public var description: String {
        let place = field == 0 ? "" : " in field \(field)"
        let owner = message.map { " of \($0)" } ?? ""
        return "Malformed message: \(reason.text)\(place)\(owner), at byte \(offset)."
    }
}

extension WireError.Reason {
    fileprivate var text: String {
        switch self {
        case .truncated: "the bytes end too early"
        case .malformedVarint: "a varint is longer than 64 bits"
        case .malformedTag: "a tag is invalid"
        case .unmatchedEndGroup: "a group ends that was not begun"
        case .malformedPacked: "a packed field has an odd length"
        case .invalidUTF8: "a string is not UTF-8"
        case .tooDeep: "messages are nested too deep"
        case .tooLarge: "it would take too much memory"
        }
    }
}
