/// A protobuf scalar type, by its name in .proto files.
package enum ScalarType: String, CaseIterable, Sendable {
    case double, float, int32, int64, uint32, uint64, sint32, sint64, fixed32, fixed64, sfixed32, sfixed64
    case bool, string, bytes

    /// The wire type of a single value.
    package var wireType: UInt32 {
        switch self {
        case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool: 0
        case .double, .fixed64, .sfixed64: 1
        case .string, .bytes: 2
        case .float, .fixed32, .sfixed32: 5
        }
    }

    /// Whether many of them may share one tag.
    package var isPackable: Bool { wireType != 2 }

    init?(_ type: FieldDescriptorProto.Type_?) {
        switch type {
        case .double?: self = .double
        case .float?: self = .float
        case .int32?: self = .int32
        case .int64?: self = .int64
        case .uint32?: self = .uint32
        case .uint64?: self = .uint64
        case .sint32?: self = .sint32
        case .sint64?: self = .sint64
        case .fixed32?: self = .fixed32
        case .fixed64?: self = .fixed64
        case .sfixed32?: self = .sfixed32
        case .sfixed64?: self = .sfixed64
        case .bool?: self = .bool
        case .string?: self = .string
        case .bytes?: self = .bytes
        default: return nil
        }
    }
}
