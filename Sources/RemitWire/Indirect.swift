/// A value behind a reference: what a message that contains itself is stored in.
public indirect enum Indirect<Value: Sendable>: Sendable {
    /// The value.
    case value(Value)

    /// Puts a value behind a reference.
    @inlinable
    public init(_ value: Value) { self = .value(value) }

    /// The value.
    @inlinable
    public var value: Value {
        switch self {
        case .value(let value): value
        }
    }
}

extension Indirect: Equatable where Value: Equatable {}
extension Indirect: Hashable where Value: Hashable {}
