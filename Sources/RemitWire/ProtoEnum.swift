/// An open protobuf enum: any number is a value, the known ones have names.
public protocol ProtoEnum: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == Int32 {
    /// Every value that the definition names, in its order.
    static var allCases: [Self] { get }

    /// The value with this number, named or not.
    init(rawValue: Int32)

    /// The name in the definition (`PAYMENT_STATUS_SUCCEEDED`), or nil if there is none for this number.
    var name: String? { get }

    /// The Swift name (`succeeded`), or nil if there is none for this number.
    var label: String? { get }
}

extension ProtoEnum {
    /// The Swift name, or the number in decimal.
    public var description: String { label ?? String(rawValue) }
}
