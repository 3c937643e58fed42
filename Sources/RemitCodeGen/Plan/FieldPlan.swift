/// A field as every language's emitter needs it.
package struct FieldPlan: Sendable {
    /// The type of a value.
    package enum Kind: Hashable, Sendable {
        case scalar(ScalarType)
        /// An enum, by its full name.
        case `enum`(String)
        /// A message, by its full name.
        case message(String)

        /// The wire type of a single value.
        package var wireType: UInt32 {
            switch self {
            case .scalar(let type): type.wireType
            case .enum: 0
            case .message: 2
            }
        }

        /// Whether many of them may share one tag.
        package var isPackable: Bool {
            switch self {
            case .scalar(let type): type.isPackable
            case .enum: true
            case .message: false
            }
        }
    }

    /// How many values there may be, and whether none differs from the default.
    package enum Cardinality: Hashable, Sendable {
        /// Absent means the default, and the default isn't written.
        case implicit
        /// Absent differs from the default.
        case optional
        /// A member of the message's oneof at this position.
        case oneof(Int)
        /// Any number; written packed or not, read both ways.
        case repeated(packed: Bool)
        /// Pairs; the field's kind is that of the values.
        case map(key: ScalarType)

        var isMap: Bool {
            guard case .map = self else { return false }
            return true
        }
    }

    /// The name in the .proto file.
    package var name: String
    /// 1 … 2²⁹ − 1.
    package var number: Int
    /// The type of a value.
    package var kind: Kind
    /// How many values there may be.
    package var cardinality: Cardinality
    /// Whether a value of it may contain its own message other than through a repeated field.
    package var isRecursive = false
    /// The comment above it, or "".
    package var comment: String

    /// The tag of a single value.
    package var tag: UInt32 { UInt32(number) << 3 | kind.wireType }
    /// The tag of a length-delimited value.
    package var packedTag: UInt32 { UInt32(number) << 3 | 2 }
}
