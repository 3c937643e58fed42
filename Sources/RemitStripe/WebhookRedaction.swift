/// Takes out of an event what may not be stored.
enum WebhookRedaction {
    /// Members removed wherever they are: secrets of the customer's browser, personal data, links that act.
    static let removedMembers: Set<String> = ["client_secret", "billing_details", "next_action"]

    /// The value without ``removedMembers`` at any depth.
    static func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements):
            return .array(elements.map(redacted))
        case .object(let members):
            var kept: [String: JSONValue] = [:]
            for (name, member) in members where !removedMembers.contains(name) { kept[name] = redacted(member) }
            return .object(kept)
        case .null, .bool, .integer, .number, .string:
            return value
        }
    }
}
