import RemitStripe

/// `expand[]`: replaces ids by the objects that they name.
enum Expansion {
    private static let members: Set<String> = [
        "latest_charge", "customer", "payment_method", "payment_intent", "charge",
    ]
    /// Stripe expands four levels deep.
    private static let depthMax = 4

    static func check(_ path: String) throws(StripeFailure) {
        var parts = path.split(separator: ".").map(String.init)
        if parts.first == "data" { parts.removeFirst() }
        guard !parts.isEmpty, parts.count <= depthMax, parts.allSatisfy(members.contains) else {
            throw .invalid("This property cannot be expanded (\(path)).", param: "expand")
        }
    }

    static func expand(_ value: JSONValue, _ path: ArraySlice<Substring>, in books: AccountBooks) -> JSONValue {
        guard let head = path.first, var object = value.object, let member = object[String(head)] else { return value }
        let rest = path.dropFirst()
        switch member {
        case .array(let elements):
            object[String(head)] = .array(elements.map { expand($0, rest, in: books) })
        case .string(let id):
            object[String(head)] = expand(books.object(id) ?? member, rest, in: books)
        case .null, .bool, .integer, .number, .object:
            object[String(head)] = expand(member, rest, in: books)
        }
        return .object(object)
    }
}

extension AccountBooks {
    fileprivate func object(_ id: String) -> JSONValue? {
        charges[id].map(json) ?? customers[id].map(json) ?? paymentMethods[id].map(json) ?? intents[id].map(json)
    }
}
