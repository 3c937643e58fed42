import RemitStripe

/// Which types a list of events is narrowed to: `type`, which may end in a wildcard, or `types[]`, never both.
struct EventTypes: Sendable {
    private var exact: Set<String>?
    private var prefix: String?

    init(_ parameters: inout ParameterReader) throws(StripeFailure) {
        let type = try parameters.text("type")
        let types = try parameters.list("types")
        guard type == nil || types.isEmpty else {
            throw .invalid("You may pass either `type` or `types`, not both.", param: "types")
        }
        parameters.accept("delivery_success")
        if let type, type.hasSuffix("*") {
            prefix = String(type.dropLast())
        } else if let type {
            exact = [type]
        } else if !types.isEmpty {
            exact = Set(types)
        }
    }

    func include(_ type: String) -> Bool {
        if let prefix { return type.hasPrefix(prefix) }
        return exact?.contains(type) ?? true
    }
}
