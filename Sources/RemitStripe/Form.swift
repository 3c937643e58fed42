/// The fields of a form in the order in which they are sent; nested names have brackets (`metadata[order_id]`).
package struct Form: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// Adds a field; a nil value adds nothing.
    package mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        fields.append(Field(name: name, value: value))
    }

    package mutating func add(_ name: String, _ value: Int64) {
        add(name, String(value))
    }

    package mutating func add(_ name: String, _ value: Bool) {
        add(name, value ? "true" : "false")
    }

    /// `application/x-www-form-urlencoded`; brackets of names stay as they are, as Stripe's own clients send them.
    package var encoded: String {
        var out: [UInt8] = []
        for field in fields {
            if !out.isEmpty { out.append(UInt8(ascii: "&")) }
            Self.percentEncode(field.name, keepingBrackets: true, into: &out)
            out.append(UInt8(ascii: "="))
            Self.percentEncode(field.value, keepingBrackets: false, into: &out)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func percentEncode(_ text: String, keepingBrackets: Bool, into out: inout [UInt8]) {
        let hex = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            case UInt8(ascii: "["), UInt8(ascii: "]"):
                if keepingBrackets {
                    out.append(byte)
                } else {
                    out += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
                }
            default:
                out += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
    }
}
