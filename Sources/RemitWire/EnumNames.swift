/// The names of an enum's values.
public struct EnumNames: Sendable {
    /// A named number.
    public struct Value: Hashable, Sendable {
        /// The number on the wire.
        public let number: Int32
        /// The name in the definition.
        public let name: String
        /// The name in Swift.
        public let label: String
    }

    /// In the definition's order; aliases repeat a number.
    public let values: [Value]

    /// Names of these numbers: in the definition, and in Swift.
    public init(_ values: [(number: Int32, name: String, label: String)]) {
        self.values = values.map { Value(number: $0.number, name: $0.name, label: $0.label) }
    }

    /// What a number is called: of aliases, as the first one.
    public subscript(number: Int32) -> Value? { values.first { $0.number == number } }
}
