/// How types of a plan are spelled in Swift.
struct SwiftTypes {
    private let paths: [String: [String]]
    /// "public ", "package " or "".
    let access: String
    /// Whether accessors may be inlined into other modules.
    let inlinable: Bool

    init(_ plan: Plan, _ options: SwiftOptions) {
        paths = plan.typePaths
        access = options.visibility == .internal ? "" : options.visibility.rawValue + " "
        inlinable = options.visibility == .public
    }

    /// The Swift name of a message or enum, with its outer messages.
    func name(_ fullName: String) -> String {
        let path = paths[fullName] ?? [fullName]
        return path.map(SwiftNames.type).joined(separator: ".")
    }

    /// The type of one value.
    func value(_ kind: FieldPlan.Kind, _ form: SwiftForm = .message) -> String {
        switch (kind, form) {
        case (.scalar(.string), .view), (.scalar(.bytes), .view): "Range<Int>"
        case (.scalar(let type), _): scalar(type)
        case (.message(let fullName), .view): name(fullName) + ".View"
        case (.enum(let fullName), _), (.message(let fullName), .message): name(fullName)
        }
    }

    /// The type of many values of a view.
    func list(_ field: FieldPlan) -> String {
        guard case .map(let key) = field.cardinality else { return "WireList<\(codec(field.kind))>" }
        return "WireList<EntryCodec<\(codec(key)), \(codec(field.kind))>>"
    }

    /// The codec of one value.
    func codec(_ kind: FieldPlan.Kind) -> String {
        switch kind {
        case .scalar(let type): codec(type)
        case .enum(let fullName): "EnumCodec<\(name(fullName))>"
        case .message(let fullName): "MessageCodec<\(name(fullName))>"
        }
    }

    func codec(_ type: ScalarType) -> String { functionSuffix(type) + "Codec" }

    /// `SFixed32` of `readSFixed32`.
    func functionSuffix(_ type: ScalarType) -> String {
        switch type {
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .sint32: "SInt32"
        case .sint64: "SInt64"
        case .sfixed32: "SFixed32"
        case .sfixed64: "SFixed64"
        default: type.rawValue.prefix(1).uppercased() + type.rawValue.dropFirst()
        }
    }

    func scalar(_ type: ScalarType) -> String {
        switch type {
        case .double: "Double"
        case .float: "Float"
        case .int32, .sint32, .sfixed32: "Int32"
        case .int64, .sint64, .sfixed64: "Int64"
        case .uint32, .fixed32: "UInt32"
        case .uint64, .fixed64: "UInt64"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        }
    }

    /// The value of a field that isn't set and has no presence.
    func initial(_ kind: FieldPlan.Kind, _ form: SwiftForm = .message) -> String {
        switch (kind, form) {
        case (.scalar(.string), .view), (.scalar(.bytes), .view): "0..<0"
        case (.scalar(.bool), _): "false"
        case (.scalar(.string), .message): "\"\""
        case (.scalar(.bytes), .message): "[]"
        case (.scalar, _): "0"
        case (.enum(let fullName), _): "\(name(fullName))(rawValue: 0)"
        case (.message, _): "\(value(kind, form))()"
        }
    }

    /// The condition under which `value`, of a field without presence, is written.
    func isSet(_ value: String, _ kind: FieldPlan.Kind) -> String {
        switch kind {
        case .scalar(.bool): value
        case .scalar(.string), .scalar(.bytes): "!\(value).isEmpty"
        case .scalar(.float), .scalar(.double): "\(value).bitPattern != 0"
        case .enum: "\(value).rawValue != 0"
        default: "\(value) != 0"
        }
    }
}
