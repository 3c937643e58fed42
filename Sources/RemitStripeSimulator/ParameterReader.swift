import RemitStripe

/// Reads a request's parameters and refuses what nobody asked for, as Stripe does.
struct ParameterReader {
    private var unread: [String: FormNode]
    /// The name of the hash that is read, such as `automatic_payment_methods`; empty at the top.
    private let scope: String

    /// What an update says of a field.
    enum Change<Value: Sendable>: Sendable {
        case keep
        case unset
        case set(Value)
    }

    init(_ members: [String: FormNode], scope: String = "") {
        unread = members
        self.scope = scope
    }

    /// A text; an empty one counts as absent.
    mutating func text(_ name: String) throws(StripeFailure) -> String? {
        guard case .set(let value) = try change(name) else { return nil }
        return value
    }

    mutating func requiredText(_ name: String) throws(StripeFailure) -> String {
        guard let value = try text(name) else { throw missing(name) }
        return value
    }

    /// What is to become of a text: an empty one unsets it.
    mutating func change(_ name: String) throws(StripeFailure) -> Change<String> {
        guard let node = unread.removeValue(forKey: name) else { return .keep }
        guard let value = node.text else { throw .invalid("Invalid string: \(path(name))", param: path(name)) }
        return value.isEmpty ? .unset : .set(value)
    }

    mutating func integer(_ name: String) throws(StripeFailure) -> Int64? {
        guard let value = try text(name) else { return nil }
        guard let number = Int64(value) else {
            throw .invalid("Invalid integer: \(value)", code: "parameter_invalid_integer", param: path(name))
        }
        return number
    }

    mutating func bool(_ name: String) throws(StripeFailure) -> Bool? {
        switch try text(name) {
        case nil: return nil
        case "true", "1": return true
        case "false", "0": return false
        case let value?: throw .invalid("Invalid boolean: \(value)", param: path(name))
        }
    }

    mutating func choice(_ name: String, of choices: [String]) throws(StripeFailure) -> String? {
        guard let value = try text(name) else { return nil }
        guard choices.contains(value) else {
            let list = choices.joined(separator: ", ")
            throw .invalid("Invalid \(path(name)): must be one of \(list)", param: path(name))
        }
        return value
    }

    mutating func hash(_ name: String) throws(StripeFailure) -> ParameterReader? {
        guard let node = unread.removeValue(forKey: name) else { return nil }
        if node.text == "" { return nil }
        guard let members = node.members else { throw .invalid("Invalid object", param: path(name)) }
        return ParameterReader(members, scope: path(name))
    }

    /// A hash without taking it; nil for what is absent or a text.
    func peekHash(_ name: String) -> ParameterReader? {
        unread[name]?.members.map { ParameterReader($0, scope: path(name)) }
    }

    /// Texts of a list; empty when absent.
    mutating func list(_ name: String) throws(StripeFailure) -> [String] {
        guard let node = unread.removeValue(forKey: name), node.text != "" else { return [] }
        guard let elements = node.elements else { throw .invalid("Invalid array", param: path(name)) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text else { throw .invalid("Invalid array", param: path(name)) }
            texts.append(text)
        }
        return texts
    }

    /// Metadata: an empty value unsets its key, an empty hash all of them.
    mutating func metadata() throws(StripeFailure) -> MetadataChange {
        guard let node = unread.removeValue(forKey: "metadata") else { return MetadataChange() }
        if node.text == "" { return MetadataChange(clears: true) }
        guard let members = node.members else { throw .invalid("Invalid object", param: "metadata") }
        var values: [String: String] = [:]
        for (key, member) in members {
            guard let value = member.text else { throw .invalid("Invalid string", param: "metadata[\(key)]") }
            guard key.count <= 40, value.count <= 500 else {
                throw .invalid("Metadata keys have at most 40 characters, values 500.", param: "metadata")
            }
            values[key] = value
        }
        guard values.count <= 50 else { throw .invalid("Metadata has at most 50 keys.", param: "metadata") }
        return MetadataChange(values: values)
    }

    /// Takes parameters of Stripe's that change nothing here.
    mutating func accept(_ names: String...) {
        for name in names { unread[name] = nil }
    }

    /// Refuses what was not read.
    func finish() throws(StripeFailure) {
        guard let name = unread.keys.min() else { return }
        throw .invalid("Received unknown parameter: \(path(name))", code: "parameter_unknown", param: path(name))
    }

    func missing(_ name: String) -> StripeFailure {
        .invalid("Missing required param: \(path(name)).", code: "parameter_missing", param: path(name))
    }

    private func path(_ name: String) -> String { scope.isEmpty ? name : "\(scope)[\(name)]" }
}

/// What a request does to an object's metadata.
struct MetadataChange: Sendable {
    var clears = false
    var values: [String: String] = [:]

    func applied(to metadata: [String: String]) -> [String: String] {
        var result = clears ? [:] : metadata
        for (key, value) in values { result[key] = value.isEmpty ? nil : value }
        return result
    }
}
