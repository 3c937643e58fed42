import RemitStripe

/// The parameters that all lists share.
struct ListQuery: Sendable {
    var limit = 10
    var startingAfter: String?
    var endingBefore: String?
    var createdMin: Int64?
    var createdMax: Int64?

    init(_ parameters: inout ParameterReader) throws(StripeFailure) {
        if let limit = try parameters.integer("limit") {
            guard (1...100).contains(limit) else {
                throw .invalid(
                    "Invalid limit: must be between 1 and 100.", code: "parameter_invalid_integer", param: "limit")
            }
            self.limit = Int(limit)
        }
        startingAfter = try parameters.text("starting_after")
        endingBefore = try parameters.text("ending_before")
        guard startingAfter == nil || endingBefore == nil else {
            throw .invalid("You can only use one of starting_after and ending_before.")
        }
    }

    /// `created`, an exact second or bounds.
    mutating func readCreated(_ parameters: inout ParameterReader) throws(StripeFailure) {
        if var bounds = parameters.peekHash("created") {
            createdMin = try bounds.integer("gte")
            if let above = try bounds.integer("gt") { createdMin = above + 1 }
            createdMax = try bounds.integer("lte")
            if let below = try bounds.integer("lt") { createdMax = below - 1 }
            try bounds.finish()
            parameters.accept("created")
        } else if let second = try parameters.integer("created") {
            createdMin = second
            createdMax = second
        }
    }
}

extension AccountBooks {
    /// One page, newest first.
    func page<Row>(
        of table: Table<Row>, _ query: ListQuery, url: String, kind: String, created: (Row) -> Int64,
        where isIncluded: (Row) -> Bool, json: (Row) -> JSONValue
    ) throws(StripeFailure) -> JSONValue {
        let order = table.order
        var found: [Row] = []
        let forward = query.endingBefore != nil
        var index: Int
        if let cursor = query.endingBefore ?? query.startingAfter {
            guard let position = order.lastIndex(of: cursor) else {
                throw .missing(kind, cursor, param: forward ? "ending_before" : "starting_after", inBody: true)
            }
            index = forward ? position + 1 : position - 1
        } else {
            index = order.count - 1
        }
        while order.indices.contains(index), found.count <= query.limit {
            defer { index += forward ? 1 : -1 }
            guard let row = table[order[index]] else { continue }
            let time = created(row)
            if !forward, let least = query.createdMin, time < least { break }
            if listLagMilliseconds > 0, time * 1_000 > now - listLagMilliseconds { continue }
            let inWindow = time >= query.createdMin ?? .min && time <= query.createdMax ?? .max
            if inWindow, isIncluded(row) { found.append(row) }
        }
        let hasMore = found.count > query.limit
        if hasMore { found.removeLast() }
        if forward { found.reverse() }
        return [
            "object": "list", "url": .string(url), "has_more": .bool(hasMore), "data": .array(found.map(json)),
        ]
    }
}
