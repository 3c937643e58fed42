/// What a load looked like: `mode`, `inFlight`, `rate`, `connections`, `tenants`, `spread`; what applies.
struct Shape: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// A word or a number.
    enum Value: Hashable, Sendable {
        case text(String)
        case number(Double)
    }

    private(set) var values: [String: Value]

    init(dictionaryLiteral elements: (String, Value)...) {
        values = Dictionary(elements, uniquingKeysWith: { $1 })
    }

    subscript(name: String) -> Value? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Its names in the order in which people read them: the known ones first, the rest by name.
    var names: [String] {
        let known = ["mode", "inFlight", "rate", "connections", "tenants", "spread"]
        return known.filter { values[$0] != nil } + values.keys.filter { !known.contains($0) }.sorted()
    }
}

extension Shape.Value: Codable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(floatLiteral value: Double) { self = .number(value) }

    /// A count.
    init(_ count: Int) { self = .number(Double(count)) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }
}

extension Shape: Codable {
    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Value].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
