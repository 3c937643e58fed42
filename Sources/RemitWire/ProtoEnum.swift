/// An open protobuf enum: any number is a value, the known ones have names.
public protocol ProtoEnum: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == Int32 {
    /// What the definition names.
    static var names: EnumNames { get }

    /// The value with this number, named or not.
    init(rawValue: Int32)
}

extension ProtoEnum {
    /// Every value that the definition names, in its order; an alias is there beside what it stands for.
    public static var allCases: [Self] { names.values.map { Self(rawValue: $0.number) } }

    /// The name in the definition (`PAYMENT_STATUS_SUCCEEDED`), or nil if there is none for this number.
    public var name: String? { Self.names[rawValue]?.name }

    /// The Swift name (`succeeded`), or nil if there is none for this number.
    public var label: String? { Self.names[rawValue]?.label }

    /// The Swift name, or the number in decimal.
    public var description: String { label ?? String(rawValue) }
}
