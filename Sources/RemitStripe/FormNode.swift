/// A decoded form: a text, or a hash of further nodes.
///
/// A list is a hash whose keys are its indices.
package indirect enum FormNode: Hashable, Sendable {
    case text(String)
    case hash([String: FormNode])

    /// A form that can't be read.
    package struct Malformed: Error, Hashable, Sendable {
        package var message: String
    }

    /// The deepest nesting read; Stripe's own parameters nest six deep at most.
    package static let depthMax = 16

    /// Decodes a form's bytes; the top is a hash.
    package init(decoding bytes: some Collection<UInt8>) throws(Malformed) {
        var top: [String: FormNode] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = halves.first else { continue }
            let name = try Self.percentDecode(first)
            let value = try halves.count == 2 ? Self.percentDecode(halves[1]) : ""
            let path = try Self.path(of: name)
            try Self.insert(value, at: path[...], into: &top)
        }
        self = .hash(top)
    }

    package var text: String? {
        guard case .text(let value) = self else { return nil }
        return value
    }

    package var members: [String: FormNode]? {
        guard case .hash(let members) = self else { return nil }
        return members
    }

    /// The elements of a list in the order of their indices; nil for what isn't a list.
    package var elements: [FormNode]? {
        guard let members else { return nil }
        var indexed: [(Int, FormNode)] = []
        for (key, node) in members {
            guard let index = Int(key) else { return nil }
            indexed.append((index, node))
        }
        return indexed.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func insert(
        _ value: String, at path: ArraySlice<String>, into members: inout [String: FormNode]
    ) throws(Malformed) {
        guard let head = path.first else { return }
        let key = head.isEmpty ? String(members.count) : head
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            if case .hash? = members[key] { throw Malformed(message: "Invalid \(key): both a value and a hash.") }
            members[key] = .text(value)
            return
        }
        var inner: [String: FormNode] = [:]
        switch members[key] {
        case .hash(let existing)?: inner = existing
        case .text?: throw Malformed(message: "Invalid \(key): both a value and a hash.")
        case nil: break
        }
        members[key] = nil
        try insert(value, at: rest, into: &inner)
        members[key] = .hash(inner)
    }

    /// Splits `a[b][]` into `a`, `b` and the empty name.
    private static func path(of name: String) throws(Malformed) -> [String] {
        guard let open = name.firstIndex(of: "[") else {
            guard !name.isEmpty, !name.contains("]") else { throw Malformed(message: "Invalid parameter name.") }
            return [name]
        }
        var path = [String(name[..<open])]
        var rest = name[open...]
        while !rest.isEmpty {
            guard rest.first == "[", let close = rest.firstIndex(of: "]"), path.count < depthMax else {
                throw Malformed(message: "Invalid parameter name.")
            }
            path.append(String(rest[rest.index(after: rest.startIndex)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        guard path.first?.isEmpty == false else { throw Malformed(message: "Invalid parameter name.") }
        return path
    }

    private static func percentDecode(_ bytes: some Collection<UInt8>) throws(Malformed) -> String {
        var out: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"):
                out.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
                    throw Malformed(message: "Invalid percent-encoding.")
                }
                out.append(high << 4 | low)
            default:
                out.append(byte)
            }
        }
        guard let text = String(validating: out, as: UTF8.self) else {
            throw Malformed(message: "Invalid UTF-8.")
        }
        return text
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
