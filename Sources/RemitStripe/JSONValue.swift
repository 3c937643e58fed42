import Foundation

/// A JSON text as a value; Foundation reads and writes it.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// Bytes that aren't JSON.
package struct MalformedJSON: Error, Hashable, Sendable {}

extension JSONValue {
    /// Reads one JSON object or array.
    package init(parsing bytes: [UInt8]) throws(MalformedJSON) {
        do {
            self = try Self(foundation: JSONSerialization.jsonObject(with: Data(bytes)))
        } catch {
            throw MalformedJSON()
        }
    }

    /// The JSON text without spaces, keys sorted, so that equal values have equal bytes.
    package func serialized(pretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("A JSON value holds a number that JSON can't express.")
        }
        return [UInt8](data)
    }

    private init(foundation value: Any) throws(MalformedJSON) {
        switch value {
        case let text as String:
            self = .string(text)
        case let members as [String: Any]:
            var object: [String: JSONValue] = [:]
            object.reserveCapacity(members.count)
            for (name, member) in members { object[name] = try Self(foundation: member) }
            self = .object(object)
        case let elements as [Any]:
            var array: [JSONValue] = []
            array.reserveCapacity(elements.count)
            for element in elements { array.append(try Self(foundation: element)) }
            self = .array(array)
        case is NSNull:
            self = .null
        case let number as NSNumber:
            self = Self(number)
        default:
            throw MalformedJSON()
        }
    }

    private init(_ number: NSNumber) {
        // Foundation says by the type of its C value whether a number was written as true or false.
        switch UInt8(bitPattern: number.objCType.pointee) {
        case UInt8(ascii: "c"), UInt8(ascii: "B"):
            self = .bool(number.boolValue)
        case UInt8(ascii: "d"), UInt8(ascii: "f"):
            self = .number(number.doubleValue)
        default:
            self = .integer(number.int64Value)
        }
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let text): try container.encode(text)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue {
    /// A member of an object; nil where there is none, and for what isn't an object.
    package subscript(member: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[member]
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    package var object: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The id of a reference, which Stripe writes as the id or, expanded, as the object.
    package var reference: String? { string ?? self["id"]?.string }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }

    /// A string, or null for nil.
    package static func optional(_ text: String?) -> Self { text.map(Self.string) ?? .null }

    /// An integer, or null for nil.
    package static func optional(_ number: Int64?) -> Self { number.map(Self.integer) ?? .null }
}
