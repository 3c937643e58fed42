import RemitDomain

/// Seeks what a call may have made: creations by listing and metadata, all else by the object's own state.
struct StripeLookUp<Exchange: StripeExchange, Clock: WallClock>: Sendable {
    /// 100 pages of 100: a window that holds more than that is read again later, rather than believed empty.
    static var pagesMax: Int { 100 }
    /// How far our clock may be ahead of Stripe's: the window begins so much earlier.
    static var clockSkewSeconds: Int64 { 600 }
    /// Keys live at least 24 h; nothing of a call appears later than that and the skew.
    static var windowSeconds: Int64 { 86_400 }

    var request: StripeRequest
    var reader: StripeReader<Exchange, Clock>

    @concurrent func run() async -> LookedUp {
        let parts = request.components
        switch (parts.first, parts.count) {
        case ("payment_intents", 1):
            return await list("payment_intents", narrowedBy: "customer")
        case ("refunds", 1):
            return await list("refunds", narrowedBy: "payment_intent")
        case ("customers", 1):
            return await list("customers", narrowedBy: nil)
        case ("payment_intents", 3):
            return await readIntent(String(parts[1]), after: String(parts[2]))
        default:
            preconditionFailure("A stored call has a path that no prepared call has.")
        }
    }

    private func list(_ collection: String, narrowedBy field: String?) async -> LookedUp {
        var filter = Form()
        filter.add("limit", 100)
        if let field { filter.add(field, request.field(field)) }
        let begin = request.preparedAt.milliseconds / 1_000 - Self.clockSkewSeconds
        filter.add("created[gte]", begin)
        filter.add("created[lte]", begin + Self.windowSeconds + 2 * Self.clockSkewSeconds)
        guard let operation = request.field("metadata", "remit_operation"),
            let entity = request.field("metadata", "remit_id")
        else { preconditionFailure("A stored creation carries no metadata.") }
        var cursor: String?
        var firstRead: Timestamp?
        for _ in 0..<Self.pagesMax {
            var query = filter
            query.add("starting_after", cursor)
            guard case .found(let page, let date) = await reader.get("/v1/\(collection)?\(query.encoded)"),
                let objects = page["data"]?.array
            else { return .unavailable }
            let asOf = firstRead ?? date
            firstRead = asOf
            if let object = objects.first(where: { isOurs($0, operation, entity) }) {
                guard let fact = try? StripeObjectReader.fact(from: object) else { return .unavailable }
                return .found(fact, date: date)
            }
            guard page["has_more"]?.bool == true, let last = objects.last?["id"]?.string else {
                return .nothing(date: asOf)
            }
            cursor = last
        }
        return .unavailable
    }

    private func isOurs(_ object: JSONValue, _ operation: String, _ entity: String) -> Bool {
        object["metadata"]?["remit_operation"]?.string == operation
            && object["metadata"]?["remit_id"]?.string == entity
    }

    private func readIntent(_ id: String, after verb: String) async -> LookedUp {
        guard case .found(let body, let date) = await reader.get("/v1/payment_intents/\(id)"),
            let snapshot = try? StripeObjectReader.payment(from: body)
        else { return .unavailable }
        let happened =
            switch snapshot.stage {
            case .captured, .canceled, .expired:
                // Final: whatever the call did, it does no more.
                true
            case .requiresPaymentMethod, .requiresConfirmation, .declined, .requiresAction, .processing, .authorized:
                verb == "confirm"
                    && StripeRequest.state(stage: snapshot.stage, charge: snapshot.latestChargeID) != request.prior
            case .new, .unknown, .error, .abandoned:
                false
            }
        return happened ? .found(.payment(snapshot), date: date) : .nothing(date: date)
    }
}
